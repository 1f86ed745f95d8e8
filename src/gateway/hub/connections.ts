// People's connections: making, trying, sharing and ending them.
import type { Connection, Principal, Role } from '../../connections/index.ts'
import { JunctorError } from '../../errors.ts'
import { isId } from '../../id.ts'
import { isJsonObject, type JsonObject } from '../../json.ts'
import { isOf } from '../catalogue/served-connectors.ts'
import { type RequestContext, signedIn } from '../context.ts'
import { mayUseConnector } from '../introspection.ts'
import { field, type Resolvers } from '../resolver.ts'
import type { Services } from '../services.ts'
import { missingConnector } from './missing-connector.ts'
import type { PageArgs } from './page.ts'

interface CreateArgs {
  readonly input: {
    readonly connector: string
    readonly name: string
    readonly authentication?: string | null
    readonly parameters?: unknown
    readonly baseUrl?: string | null
  }
}

interface UpdateArgs {
  readonly id: string
  readonly input: {
    readonly name?: string | null
    readonly parameters?: unknown
    readonly baseUrl?: string | null
    readonly disabled?: boolean | null
  }
}

interface IdArgs {
  readonly id: string
}

interface GrantArgs {
  readonly to: Principal
  readonly role: Role
}

export function connectionResolvers(services: Services): Resolvers {
  const { connections, audit, catalogue, identity, triggers } = services

  /** Runs a change and writes down who did it to which connection. `id` is null for one that is only being made. */
  async function audited<T>(
    context: RequestContext,
    action: string,
    id: string | null,
    change: () => Promise<T>,
    idOf: (result: T) => string | null = () => id,
  ): Promise<T> {
    // Nobody signed in changes nothing, and what nobody tried needs no entry.
    signedIn(context)
    const given = id !== null && isId(id) ? id : null
    // Before the change, which may leave no connection to ask.
    const organizationId = given === null ? null : await audit.organizationOf(given)
    const record = (connectionId: string | null, outcome: string) =>
      audit.append(context.actor, {
        action,
        resource: `connection ${connectionId ?? 'refused'}`,
        connectionId,
        organizationId,
        outcome,
      })
    try {
      const result = await change()
      await record(idOf(result), 'OK')
      return result
    } catch (error) {
      await record(given, error instanceof JunctorError ? error.code : 'INTERNAL')
      throw error
    }
  }

  return {
    Query: {
      connections: field<unknown, PageArgs & { connector?: string | null }>(
        async (_source, args, context) => {
          const page = await connections.list(context.actor, args)
          const { nodes, totalCount, hasNextPage, endCursor } = page
          return { nodes, totalCount, pageInfo: { hasNextPage, endCursor } }
        },
      ),
      connection: field<unknown, IdArgs>((_source, { id }, context) =>
        connections.get(context.actor, id).catch((error: unknown) => {
          if (error instanceof JunctorError && error.code === 'CONNECTION_NOT_FOUND') return null
          throw error
        }),
      ),
    },
    Mutation: {
      createConnection: field<unknown, CreateArgs>((_source, { input }, context) =>
        audited(
          context,
          'createConnection',
          null,
          async () => {
            const parameters = parametersOf(input.parameters)
            return { connection: await connections.create(context.actor, { ...input, parameters }) }
          },
          ({ connection }) => connection.id,
        ),
      ),
      updateConnection: field<unknown, UpdateArgs>((_source, { id, input }, context) =>
        audited(context, 'updateConnection', id, async () => {
          const { parameters, ...rest } = input
          const connection = await connections.update(context.actor, id, {
            ...rest,
            ...(parameters === undefined ? {} : { parameters: parametersOf(parameters) }),
          })
          await triggers.connectionChanged(connection.id)
          return { connection }
        }),
      ),
      testConnection: field<unknown, IdArgs>((_source, { id }, context) =>
        audited(context, 'testConnection', id, async () => {
          const tested = await connections.test(context.actor, id)
          if (tested.ok) await triggers.connectionChanged((await connections.get(context.actor, id)).id)
          return tested
        }),
      ),
      setDefaultConnection: field<unknown, IdArgs>((_source, { id }, context) =>
        connections.setDefault(context.actor, id),
      ),
      deleteConnection: field<unknown, IdArgs>((_source, { id }, context) =>
        audited(context, 'deleteConnection', id, async () => {
          const role = await connections.roleOf(context.actor, id)
          // Its registrations are taken back with the credential that is still there.
          if (role === 'OWN') await triggers.connectionDeleted((await connections.get(context.actor, id)).id)
          await connections.delete(context.actor, id)
          return id
        }),
      ),
      grantConnection: field<unknown, IdArgs & GrantArgs>((_source, { id, to, role }, context) =>
        audited(context, 'grantConnection', id, () => connections.grant(context.actor, id, to, role)),
      ),
      grantConnector: field<unknown, { name: string } & GrantArgs>((_source, { name, to, role }, context) =>
        connections.grantConnector(context.actor, name, to, role),
      ),
      revokeGrant: field<unknown, IdArgs>(async (_source, { id }, context) => {
        const grant = await connections.revokeGrant(context.actor, id)
        const connectionId = grant.resource.kind === 'CONNECTION' ? grant.resource.id : null
        await audit.append(signedIn(context), {
          action: 'revokeGrant',
          resource: `grant ${id}`,
          connectionId,
          outcome: 'OK',
        })
        return id
      }),
    },
    Connection: {
      connector: field<Connection>((connection, _args, context) => {
        const entry = catalogue.get(connection.connector)
        const shown = entry && isOf(entry, connection) && mayUseConnector(context.actor, entry)
        return shown ? entry : missingConnector(connection)
      }),
      default: field<Connection>(
        async (connection, _args, context) =>
          (await connections.defaultOf(context.actor, connection)) === connection.id,
      ),
      role: field<Connection>((connection, _args, context) =>
        connections.roleOf(context.actor, connection.id),
      ),
      grants: field<Connection>((connection, _args, context) =>
        connections.grants(context.actor, connection.id),
      ),
    },
    Principal: {
      name: field<Principal>(
        async principal => (await identity.principal(principal.kind, principal.id))?.name ?? principal.id,
      ),
    },
  }
}

function parametersOf(parameters: unknown): JsonObject {
  if (parameters === undefined || parameters === null) return {}
  if (isJsonObject(parameters)) return parameters
  throw new JunctorError('BAD_INPUT', 'parameters must be an object: a value by the name of each parameter.')
}
