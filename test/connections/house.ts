// A database with two organizations, people in them, connectors to connect to, and a connections room over it all.
import { randomBytes, randomUUID } from 'node:crypto'
import { systemClock } from '../../src/clock.ts'
import type { EncryptionKey } from '../../src/config.ts'
import {
  type Connections,
  type ConnectionsOptions,
  type ConnectorIdentity,
  createConnections,
  createVault,
} from '../../src/connections/index.ts'
import type {
  AuthenticationDefinition,
  ConnectionParameterDefinition,
  ConnectorDefinition,
} from '../../src/definition/index.ts'
import type { Actor } from '../../src/identity/index.ts'
import { secret } from '../../src/secret.ts'
import { schema } from '../../src/store/index.ts'
import { openTestStore, type TestStore } from '../harness/open-test-store.ts'

export const newKey = (id: string): EncryptionKey => ({
  id,
  key: secret(randomBytes(32).toString('base64')),
})

const parameter = (
  name: string,
  rest: Partial<ConnectionParameterDefinition> = {},
): ConnectionParameterDefinition => ({ name, type: 'string', required: true, secret: false, ...rest })

const authentication = (
  kind: AuthenticationDefinition['kind'],
  parameters: readonly ConnectionParameterDefinition[],
  rest: Partial<AuthenticationDefinition> = {},
): AuthenticationDefinition => ({
  name: kind.toLowerCase(),
  title: kind,
  kind,
  parameters,
  keys: [],
  shareable: true,
  ...rest,
})

const apiKey = parameter('api_key', { type: 'securestring', secret: true, title: 'API key' })

const keyed = authentication('API_KEY', [apiKey, parameter('region', { required: false })])
const basic = authentication('BASIC', [
  parameter('username'),
  parameter('password', { type: 'securestring', secret: true }),
])
const open = authentication('NONE', [])

const connector = (
  name: string,
  authentications: readonly AuthenticationDefinition[],
  baseUrl = `https://${name}.example.com`,
): ConnectorDefinition => ({
  name,
  title: name,
  categories: [],
  hash: name,
  baseUrl,
  operations: [],
  skipped: [],
  schemas: {},
  schemasPointer: '/definitions',
  authentications,
  policies: [],
  testOperation: null,
  webapp: null,
  hooks: null,
})

export const definitions = new Map(
  [
    connector('crm', [keyed]),
    connector('shop', [keyed, basic]),
    connector('weather', [open]),
    connector('homeless', [open], 'https://connector.invalid'),
    connector('private', [authentication('API_KEY', [apiKey], { shareable: false })]),
    connector('consent', [
      authentication('OAUTH2_CODE', [parameter('token', { type: 'oauthSetting', required: true })]),
    ]),
    connector('typed', [
      authentication('CUSTOM', [
        parameter('port', { type: 'int' }),
        parameter('tls', { type: 'bool', required: false, default: true }),
        parameter('size', {
          required: false,
          options: [
            { value: 's', title: 'Small' },
            { value: 'l', title: 'Large' },
          ],
        }),
      ]),
    ]),
  ].map(definition => [definition.name, definition]),
)

/** A connector that ships with the hub. */
export const shipped = (connector: string): ConnectorIdentity => ({ connector, importId: null })

export interface House extends AsyncDisposable {
  readonly store: TestStore
  readonly connections: Connections
  readonly keys: readonly EncryptionKey[]
  readonly organization: string
  readonly otherOrganization: string
  readonly team: string
  /** A signed-in member of the organization, or of the other one. */
  person(where?: 'here' | 'elsewhere', options?: { admin?: boolean; inTeam?: boolean }): Promise<Actor>
  /** Imports under the name, which that import then serves. */
  importAs(importer: Actor, connector: string): Promise<ConnectorIdentity>
  /** Makes another connector serve under the name. */
  serve(connector: string, identity: ConnectorIdentity): void
  /** Another room over the same database. */
  room(options?: Partial<ConnectionsOptions>): Connections
}

export async function openHouse(): Promise<House> {
  const store = await openTestStore()
  const keys = [newKey('k1')]
  const serving = new Map<string, ConnectorIdentity>()
  const now = new Date()
  const organization = randomUUID()
  const otherOrganization = randomUUID()
  const team = randomUUID()
  await store.db.insert(schema.organization).values([
    { id: organization, name: 'Here', slug: 'here', createdAt: now },
    { id: otherOrganization, name: 'Elsewhere', slug: 'elsewhere', createdAt: now },
  ])
  await store.db
    .insert(schema.team)
    .values({ id: team, name: 'Team', organizationId: organization, createdAt: now })
  const room = (options: Partial<ConnectionsOptions> = {}) =>
    createConnections({
      store,
      vault: createVault(keys),
      connectors: {
        serving: name => serving.get(name) ?? (definitions.has(name) ? shipped(name) : null),
        get: async ({ connector, importId }) =>
          (serving.get(connector)?.importId ?? null) === importId
            ? (definitions.get(connector) ?? null)
            : null,
      },
      clock: systemClock,
      tester: async () => ({ ok: true, status: 200, message: null }),
      moved: async () => {},
      ...options,
    })
  return {
    store,
    keys,
    organization,
    otherOrganization,
    team,
    room,
    connections: room(),
    async importAs(importer, connector) {
      const { organizationId, userId } = importer
      const [row] = await store.db
        .insert(schema.connector)
        .values({ name: connector, organizationId, document: '{}', createdBy: userId })
        .returning()
      const identity = { connector, importId: row?.id ?? null }
      serving.set(connector, identity)
      return identity
    },
    serve: (connector, identity) => void serving.set(connector, identity),
    async person(where = 'here', { admin = false, inTeam = false } = {}) {
      const userId = randomUUID()
      const organizationId = where === 'here' ? organization : otherOrganization
      const email = `${userId}@example.com`
      await store.db.insert(schema.user).values({ id: userId, name: 'Somebody', email, admin })
      await store.db
        .insert(schema.member)
        .values({ id: randomUUID(), userId, organizationId, role: 'member', createdAt: now })
      return {
        userId,
        email,
        name: 'Somebody',
        admin,
        organizationId,
        organizationIds: [organizationId],
        teamIds: inTeam ? [team] : [],
        sessionId: `session:${userId}`,
        expiresAt: Number.MAX_SAFE_INTEGER,
      }
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

/** The code that the promise rejects with, or `OK`. */
export const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'OK',
    (error: { code?: string }) => error.code ?? String(error),
  )

/** `CODE: message` of what the promise rejects with. */
export const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'OK',
    (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
  )
