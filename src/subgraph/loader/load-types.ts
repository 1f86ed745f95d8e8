// The type loader: GraphQL Mesh's, loaded only when something is compiled.
import type { GraphQLSchema, GraphQLType } from 'graphql'
import type { ConnectorDefinition } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import type { ConnectorPlan } from '../plan/connector-plan.ts'
import type { OperationPlan } from '../plan/operation-plan.ts'
import type { MemberPlan, TypePlan } from '../plan/shape.ts'
import { carried, carrierOf } from './carrier.ts'

/** What the loader is asked for. It declares `source` as text, but takes a document as well. */
interface TypeLoader {
  loadNonExecutableGraphQLSchemaFromOpenAPI(
    name: string,
    options: {
      source: unknown
      cwd?: string
      fetch?: unknown
      logger?: unknown
      HATEOAS?: unknown
      ignoreErrorResponses?: boolean
    },
  ): Promise<GraphQLSchema>
}

/** Types as SDL writes them, such as `[github_Issue]` or `String!`. */
export interface LoadedTypes {
  ofMember(type: TypePlan, member: MemberPlan): string
  ofArgument(operation: OperationPlan, argument: string): string
  ofResult(operation: OperationPlan): string
}

/** Makes the plan's types. Its functions throw INTERNAL for what the loader lost. */
export async function loadTypes(definition: ConnectorDefinition, plan: ConnectorPlan): Promise<LoadedTypes> {
  const loader: TypeLoader = await import('@omnigraph/openapi')
  const schema = await loader.loadNonExecutableGraphQLSchemaFromOpenAPI(definition.name, {
    source: carrierOf(definition.name, plan),
    cwd: '/',
    fetch: refuse,
    logger: silent,
    HATEOAS: false,
    ignoreErrorResponses: true,
  })
  const roots = schema.getQueryType()?.getFields() ?? {}

  return {
    ofMember(type, member) {
      const name = plan.nameOf(type)
      const loaded = schema.getType(type.direction === 'input' ? `${name}${inputSuffix}` : name)
      if (!loaded || !('getFields' in loaded)) throw missing(definition, `the type ${name}`)
      const field = loaded.getFields()[carried(member.name)]
      if (!field) throw missing(definition, `${name}.${member.name}`)
      return type.direction === 'input' ? inputText(field.type) : String(field.type)
    },
    ofArgument({ field }, name) {
      const argument = roots[field]?.args.find(candidate => candidate.name === carried(name))
      if (!argument) throw missing(definition, `the argument ${name} of ${field}`)
      return inputText(argument.type)
    },
    ofResult({ field }) {
      const loaded = roots[field]
      if (!loaded) throw missing(definition, `the field ${field}`)
      return String(loaded.type)
    },
  }
}

/** The loader's own way to tell the input type of a title from the output type; our titles already differ. */
const inputSuffix = '_Input'

/** By text alone: the loader may hold another copy of graphql-js, whose types are not instances of ours. */
function inputText(type: GraphQLType): string {
  return String(type)
    .replace(/_Input(?=[\]!]*$)/, '')
    .replace(/^(\[*)File(?=[\]!]*$)/, '$1Upload')
}

function missing(definition: ConnectorDefinition, what: string): JunctorError {
  return new JunctorError(
    'INTERNAL',
    `The type loader lost ${what} of the connector "${definition.name}"; report the connector's document.`,
  )
}

/** Compiling makes no calls; a carrier has nothing to fetch. */
function refuse(url: unknown): never {
  throw new JunctorError('INTERNAL', `The type loader wanted to fetch ${String(url)}, which it never may.`)
}

const nothing = (): void => undefined
const silent = {
  debug: nothing,
  info: nothing,
  log: nothing,
  warn: nothing,
  error: nothing,
  child: (): unknown => silent,
}
