// Installed connectors, their operations and ways to connect; importing and removing.
import type { ConnectorIdentity } from '../../connections/index.ts'
import type { OperationDefinition } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import type { CompiledOperation } from '../../subgraph/index.ts'
import { operationOf } from '../call-operation.ts'
import type { Catalogue, Entry, LoadedConnector } from '../catalogue/catalogue.ts'
import type { Compiled, Status } from '../catalogue/compiled.ts'
import { identityOf } from '../catalogue/installed.ts'
import { isOf } from '../catalogue/served-connectors.ts'
import { type RequestContext, signedIn } from '../context.ts'
import { mayUseConnector } from '../introspection.ts'
import { field, type Resolvers } from '../resolver.ts'
import type { Services } from '../services.ts'
import type { MissingConnector, Notice } from './missing-connector.ts'
import { type PageArgs, pageOf } from './page.ts'

type ConnectorNode = Entry | MissingConnector

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
  const summary = (node: ConnectorNode) => ('missing' in node ? node : catalogue.summary(node))
  const loaded = async (node: ConnectorNode) => ('missing' in node ? node : await loadedOf(catalogue, node))

  /** Whoever imported a connector that a folder hides finds the folder's under the name, and is told. */
  const hidden = (context: RequestContext, node: ConnectorNode): readonly Notice[] => {
    const entry = 'missing' in node ? null : catalogue.hiddenImport(node.name)
    return entry && mayUseConnector(context.actor, entry) ? [importHidden(entry.name)] : []
  }

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
        await imports.remove(actor, name)
        await audit.append(actor, { action: 'removeConnector', resource: `connector:${name}`, outcome: 'OK' })
        return name
      }),
    },
    Connector: {
      title: field<ConnectorNode>(async node => (await summary(node)).title),
      description: field<ConnectorNode>(async node => (await summary(node)).description),
      status: field<ConnectorNode>(async node => (await summary(node)).status),
      custom: field<ConnectorNode>(node => identity(node).importId !== null),
      version: field<ConnectorNode>(async node => (await loaded(node)).definition?.version),
      publisher: field<ConnectorNode>(async node => (await loaded(node)).definition?.publisher),
      categories: field<ConnectorNode>(async node => (await loaded(node)).definition?.categories ?? []),
      brandColor: field<ConnectorNode>(async node => (await loaded(node)).definition?.brandColor),
      diagnostics: field<ConnectorNode>(async (node, _args, context) => [
        ...hidden(context, node),
        ...(await loaded(node)).diagnostics,
      ]),
      authentications: field<ConnectorNode>(
        async node => (await loaded(node)).definition?.authentications ?? [],
      ),
      operations: field<ConnectorNode, OperationsArgs>(async (node, args) =>
        pageOf(operationsOf(await loaded(node), args), args, operation => operation.compiled.field),
      ),
      connections: field<ConnectorNode>(async (node, _args, context) => {
        const page = await connections.list(signedIn(context), { connector: identity(node), first: 200 })
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

function identity(node: ConnectorNode): ConnectorIdentity {
  return 'missing' in node ? node.missing : identityOf(node)
}

function importHidden(name: string): Notice {
  return {
    severity: 'WARNING',
    code: 'IMPORT_HIDDEN',
    message: `Your organization imported a connector "${name}" as well, which does not serve while one of this name comes with the hub or is in a folder of its operator's. Remove the import with removeConnector, or ask the operator to rename the folder.`,
  }
}

async function loadedOf(catalogue: Catalogue, entry: Entry): Promise<LoadedConnector> {
  const connector = await catalogue.load(entry.name)
  // Meanwhile another connector may have got the name.
  if (connector && isOf(connector.entry, identityOf(entry))) return connector
  throw new JunctorError('CONNECTOR_NOT_FOUND', `The connector "${entry.name}" was removed.`)
}

function operationsOf(
  connector: Pick<Compiled, 'definition' | 'artifact'>,
  args: OperationsArgs,
): readonly OperationNode[] {
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
