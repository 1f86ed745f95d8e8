// The first step of a call: operation and arguments become a draft, before credentials and policies.
import type { Invocation } from '../invocation.ts'
import { argumentValue, encodableText } from './argument-values.ts'
import { baseOf } from './base-url.ts'
import { draftBody } from './body.ts'
import type { Draft, PathValue, PathValues } from './draft.ts'
import { applyHeaderParameters } from './headers.ts'
import { buildPath, hasToken } from './path.ts'
import { queryPairs, readQuery } from './query.ts'

export interface BuiltRequest {
  readonly draft: Draft
  readonly pathValues: PathValues
}

/** Throws ARGUMENT_INVALID, CREDENTIAL_INVALID, OPERATION_UNSUPPORTED. */
export function buildDraft(invocation: Invocation): BuiltRequest {
  const { definition, operation, url } = invocation
  const given = invocation.arguments
  // Who follows a link need not have the arguments of the call that led to it: they are in the link.
  const parameters =
    url === undefined
      ? operation.parameters
      : operation.parameters.filter(
          ({ name, in: place, constant }) =>
            constant !== undefined || Object.hasOwn(given.parameters[place], name),
        )
  const pathValues = readPathValues(parameters, given.parameters.path)
  const [path = '', fixedQuery = ''] = operation.path.split(/\?(.*)/s)
  const draft: Draft = {
    method: invocation.method ?? operation.method,
    base: baseOf(invocation),
    path: needsOwnPath(url) ? buildPath(path, pathValues) : '',
    query: [
      ...fixedQuery
        .split('&')
        .flatMap(pair => readQuery(buildPath(pair, pathValues), hasToken(pair) ? 'argument' : 'package')),
      ...queryPairs(parameters, given.parameters.query),
    ],
    headers: new Map(),
    body: invocation.method === undefined ? draftBody(definition, operation, given) : { kind: 'none' },
  }
  applyHeaderParameters(draft, parameters, given.parameters.header)
  return { draft, pathValues }
}

function readPathValues(
  parameters: Invocation['operation']['parameters'],
  given: Invocation['arguments']['parameters']['path'],
): PathValues {
  const values = new Map<string, PathValue>()
  for (const parameter of parameters.filter(candidate => candidate.in === 'path')) {
    // A path has no place for nothing, whatever the document says of required.
    const argument = argumentValue({ ...parameter, required: true }, given)
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
