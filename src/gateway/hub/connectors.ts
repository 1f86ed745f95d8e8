// Installed connectors, their operations and ways to connect; importing and removing.
import type { OperationDefinition } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import type { CompiledOperation } from '../../subgraph/index.ts'
import { operationOf } from '../call-operation.ts'
import type { Catalogue, Entry, LoadedConnector } from '../catalogue/catalogue.ts'
import type { Status } from '../catalogue/compiled.ts'
import { type RequestContext, signedIn } from '../context.ts'
import { mayUseConnector } from '../introspection.ts'
import { field, type Resolvers } from '../resolver.ts'
import type { Services } from '../services.ts'
import { type PageArgs, pageOf } from './page.ts'

/** One operation as the API shows it. */
interface OperationNode {
  readonly compiled: CompiledOperation
  readonly operation: OperationDefinition
}

interface ConnectorsArgs extends PageArgs {
  readonly search?: string | null
  readonly status?: Status | null
}

interface OperationsArgs extends PageArgs {
  readonly kind?: 'ACTION' | 'TRIGGER' | null
  readonly search?: string | null
}

interface ImportArgs {
  readonly input: {
    readonly name: string
    readonly document: string
    readonly properties?: string | null
    readonly replace?: boolean | null
  }
}

const matches = (search: string | null | undefined, ...texts: readonly (string | undefined)[]): boolean =>
  !search || texts.some(text => text?.toLowerCase().includes(search.toLowerCase()))

export function connectorResolvers(services: Services): Resolvers {
  const { catalogue, connections, audit, imports } = services
  const loaded = (entry: Entry) => loadedOf(catalogue, entry)

  /** Connectors are for those who signed in: what is installed is nobody else's business. */
  const visible = (context: RequestContext): readonly Entry[] => {
    const actor = signedIn(context)
    return catalogue.list().filter(entry => mayUseConnector(actor, entry))
  }

  return {
    Query: {
      connectors: field<unknown, ConnectorsArgs>(async (_source, args, context) => {
        const entries = visible(context)
        if (!args.search && !args.status) return pageOf(entries, args, entry => entry.name)
        const summaries = await Promise.all(entries.map(entry => catalogue.summary(entry)))
        const found = entries.filter((entry, index) => {
          const summary = summaries[index]
          return (
            (!args.status || summary?.status === args.status) &&
            matches(args.search, entry.name, summary?.title, summary?.description)
          )
        })
        return pageOf(found, args, entry => entry.name)
      }),
      connector: field<unknown, { name: string }>(
        (_source, { name }, context) => visible(context).find(entry => entry.name === name) ?? null,
      ),
    },
    Mutation: {
      importConnector: field<unknown, ImportArgs>(async (_source, { input }, context) => {
        const actor = signedIn(context)
        const connector = await imports.import(actor, {
          name: input.name,
          document: input.document,
          properties: input.properties ?? null,
          replace: input.replace ?? false,
        })
        const { entry, diagnostics, status } = connector
        await audit.append(actor, {
          action: 'importConnector',
          resource: `connector:${entry.name}`,
          outcome: status,
        })
        return { connector: entry, diagnostics }
      }),
      removeConnector: field<unknown, { name: string }>(async (_source, { name }, context) => {
        const actor = signedIn(context)
        const entry = visible(context).find(candidate => candidate.name === name)
        if (!entry) throw new JunctorError('CONNECTOR_NOT_FOUND', `There is no connector named "${name}".`)
        await imports.remove(actor, entry)
        await audit.append(actor, { action: 'removeConnector', resource: `connector:${name}`, outcome: 'OK' })
        return name
      }),
    },
    Connector: {
      title: field<Entry>(async entry => (await catalogue.summary(entry)).title),
      description: field<Entry>(async entry => (await catalogue.summary(entry)).description),
      status: field<Entry>(async entry => (await catalogue.summary(entry)).status),
      custom: field<Entry>(entry => entry.origin.kind === 'imported'),
      version: field<Entry>(async entry => (await loaded(entry)).definition?.version),
      publisher: field<Entry>(async entry => (await loaded(entry)).definition?.publisher),
      categories: field<Entry>(async entry => (await loaded(entry)).definition?.categories ?? []),
      brandColor: field<Entry>(async entry => (await loaded(entry)).definition?.brandColor),
      diagnostics: field<Entry>(async entry => (await loaded(entry)).diagnostics),
      authentications: field<Entry>(async entry => (await loaded(entry)).definition?.authentications ?? []),
      operations: field<Entry, OperationsArgs>(async (entry, args) =>
        pageOf(operationsOf(await loaded(entry), args), args, node => node.compiled.field),
      ),
      connections: field<Entry>(async (entry, _args, context) => {
        const page = await connections.list(signedIn(context), { connector: entry.name, first: 200 })
        return page.nodes
      }),
    },
    Operation: {
      id: field<OperationNode>(node => node.operation.id),
      field: field<OperationNode>(node => node.compiled.field),
      kind: field<OperationNode>(kindOf),
      trigger: field<OperationNode>(triggerKind),
      summary: field<OperationNode>(node => node.operation.summary),
      description: field<OperationNode>(node => node.operation.description),
      deprecated: field<OperationNode>(node => node.operation.deprecated),
      visibility: field<OperationNode>(node => node.operation.visibility),
      example: field<OperationNode>(node => node.compiled.example),
    },
  }
}

async function loadedOf(catalogue: Catalogue, entry: Entry): Promise<LoadedConnector> {
  const connector = await catalogue.load(entry.name)
  if (connector) return connector
  throw new JunctorError('CONNECTOR_NOT_FOUND', `The connector "${entry.name}" was removed.`)
}

function operationsOf(connector: LoadedConnector, args: OperationsArgs): readonly OperationNode[] {
  const nodes = (connector.artifact?.operations ?? []).map(compiled => ({
    compiled,
    operation: operationOf(connector, compiled),
  }))
  return nodes
    .filter(
      node =>
        (!args.kind || args.kind === kindOf(node)) &&
        matches(args.search, node.compiled.field, node.operation.summary, node.operation.description),
    )
    .sort((a, b) => (a.compiled.field < b.compiled.field ? -1 : 1))
}

/** A call that waits for one callback is an action, though a webhook answers it. */
function kindOf({ compiled }: OperationNode): 'ACTION' | 'TRIGGER' {
  return compiled.root === 'Subscription' ? 'TRIGGER' : 'ACTION'
}

function triggerKind(node: OperationNode): 'POLLING' | 'WEBHOOK' | null {
  if (kindOf(node) === 'ACTION') return null
  return node.operation.role.role === 'polling' ? 'POLLING' : 'WEBHOOK'
}
