// The first step of a call: operation and arguments become a draft, before credentials and policies.
import type { ParameterDefinition } from '../../definition/index.ts'
import type { Invocation, WireArguments } from '../invocation.ts'
import { argumentValue, encodableText } from './argument-values.ts'
import { baseOf } from './base-url.ts'
import { draftBody } from './body.ts'
import type { Draft, PathValue, PathValues } from './draft.ts'
import { applyHeaderParameters } from './headers.ts'
import { fillPath } from './path.ts'
import { planOf, type RequestPlan } from './plan.ts'
import { queryPairs, readQuery } from './query.ts'

export interface BuiltRequest {
  readonly draft: Draft
  readonly pathValues: PathValues
}

/** Throws ARGUMENT_INVALID, CREDENTIAL_INVALID, OPERATION_UNSUPPORTED. */
export function buildDraft(invocation: Invocation): BuiltRequest {
  const { definition, operation, url } = invocation
  const given = invocation.arguments
  const plan = planOf(definition, operation)
  const { pathParameters, query, headers } = url === undefined ? plan : forLink(plan, given.parameters)
  const pathValues = readPathValues(pathParameters, given.parameters.path)
  const draft: Draft = {
    method: invocation.method ?? operation.method,
    base: baseOf(invocation, plan.base),
    path: needsOwnPath(url) ? fillPath(plan.path, pathValues) : '',
    query: [
      ...plan.fixedQuery.flatMap(({ pieces, source }) => readQuery(fillPath(pieces, pathValues), source)),
      ...queryPairs(query, given.parameters.query),
    ],
    headers: new Map(),
    body: invocation.method === undefined ? draftBody(invocation, plan) : { kind: 'none' },
  }
  applyHeaderParameters(draft, headers, given.parameters.header)
  return { draft, pathValues }
}

/** Who follows a link need not have the arguments of the call that led to it: they are in the link. */
function forLink(
  { pathParameters, query, headers }: RequestPlan,
  given: WireArguments['parameters'],
): Pick<RequestPlan, 'pathParameters' | 'query' | 'headers'> {
  const isThere = ({ name, in: place, constant }: ParameterDefinition): boolean =>
    constant !== undefined || Object.hasOwn(given[place], name)
  return {
    pathParameters: pathParameters.filter(isThere),
    query: { ...query, parameters: query.parameters.filter(isThere) },
    headers: { ...headers, parameters: headers.parameters.filter(({ parameter }) => isThere(parameter)) },
  }
}

function readPathValues(
  parameters: RequestPlan['pathParameters'],
  given: WireArguments['parameters']['path'],
): PathValues {
  const values = new Map<string, PathValue>()
  for (const parameter of parameters) {
    const argument = argumentValue(parameter, given)
    if (!argument) continue
    const { name, encoding } = parameter
    const elements = Array.isArray(argument.value) ? argument.value : [argument.value]
    values.set(name, { text: elements.map(element => encodableText(name, element)).join(','), encoding })
  }
  return values
}

/** Absolute links and those from the root need only the origin. */
function needsOwnPath(link: string | undefined): boolean {
  return link === undefined || !/^(?:[a-z][a-z\d+.-]*:|[/\\])/i.test(link)
}
