// What one webhook asks of those who send to it: which scheme verifies deliveries, with which secrets, and which
// handshakes it takes part in.
import type { OpenConnection } from '../../connections/index.ts'
import type { ConnectorDefinition, WebhookSecurity } from '../../definition/index.ts'
import { type Secret, secret } from '../../secret.ts'
import {
  type CallOptions,
  connectionIdOf,
  type FeedSeal,
  type WebhookFeed,
  type WebhookRole,
} from '../feeds/index.ts'
import { type Handshake, type HandshakeKeys, handshakesOf } from './handshakes/index.ts'
import { type Keys, type Verifier, verifiers } from './verification/index.ts'

export interface Guard {
  /** Null where nothing says how deliveries are verified: the URL's token alone does it. */
  readonly verifier: Verifier | null
  readonly keys: Omit<Keys, 'now'>
  readonly handshakes: readonly Handshake[]
  readonly handshakeKeys: HandshakeKeys
}

export interface GuardOptions extends Pick<CallOptions, 'openConnection'> {
  readonly seal: FeedSeal
}

export function createGuards({ openConnection, seal }: GuardOptions) {
  /** Throws what opening the connection throws, where the connection decides: what cannot be verified is not taken. */
  return async function guardOf(
    row: WebhookFeed,
    definition: ConnectorDefinition,
    role: WebhookRole,
  ): Promise<Guard> {
    const asked = role.security?.secret.from === 'connection' || choosesSecurity(definition)
    const id = connectionIdOf(row)
    const connection = asked && id !== null ? await openConnection(id) : null
    const security = role.security ?? connection?.authentication.webhook
    if (!security)
      return {
        verifier: null,
        keys: { secrets: [], options: {} },
        handshakes: handshakesOf(null),
        handshakeKeys: { verifyTokens: [], secrets: [] },
      }
    // Of the connection's own choice the connection's own parameters are part.
    const chosen = role.security ? {} : textParameters(connection)
    const secrets = secretsOf(row, security, connection)
    return {
      verifier: verifiers[security.scheme],
      keys: { secrets, options: { ...chosen, ...security.options } },
      handshakes: handshakesOf(security.scheme),
      handshakeKeys: {
        verifyTokens: security.verifyToken ? given(connection, [security.verifyToken]) : [],
        secrets,
      },
    }
  }

  function secretsOf(
    row: WebhookFeed,
    security: WebhookSecurity,
    connection: OpenConnection | null,
  ): readonly Secret[] {
    if (security.secret.from === 'connection') return given(connection, security.secret.parameters)
    if (row.webhookSecret === null) return []
    const { id: feedId, organizationId } = row
    return [secret(seal.open(row.webhookSecret, { feedId, organizationId, column: 'webhook_secret' }))]
  }
}

function choosesSecurity({ authentications }: ConnectorDefinition): boolean {
  return authentications.some(({ webhook }) => webhook !== undefined)
}

/** Those of the connection's parameters that are set; an empty text is no secret. */
function given(connection: OpenConnection | null, names: readonly string[]): readonly Secret[] {
  return names.flatMap(name => {
    const plain = connection?.parameters[name]
    const value = connection?.secrets[name] ?? (typeof plain === 'string' ? secret(plain) : undefined)
    return value === undefined || value.reveal() === '' ? [] : [value]
  })
}

function textParameters(connection: OpenConnection | null): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(connection?.parameters ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' && value !== '' ? [[name, value]] : [],
    ),
  )
}
