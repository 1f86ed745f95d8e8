// Which of a connector's ways to connect a connection uses.
import type { AuthenticationDefinition, ConnectorDefinition } from '../definition/index.ts'
import { JunctorError } from '../errors.ts'
import { type ConnectionsOptions, definitionOf } from './dependencies.ts'
import type { ConnectionRow } from './record.ts'

/**
 * The authentication of that name, or the only one. Throws BAD_INPUT where there is none of that name or several to
 * choose from, AUTHENTICATION_UNSUPPORTED where the hub cannot carry it out.
 */
export function chooseAuthentication(
  { name: connector, authentications }: ConnectorDefinition,
  wanted: string | null,
): AuthenticationDefinition {
  const names = authentications.map(({ name }) => name).join(', ')
  const [only] = authentications
  const chosen =
    wanted === null
      ? authentications.length === 1
        ? only
        : undefined
      : authentications.find(({ name }) => name === wanted)
  if (chosen) return supported(connector, chosen)
  throw new JunctorError(
    'BAD_INPUT',
    wanted === null
      ? `The connector ${connector} has several authentications. Name one of them: ${names}.`
      : `The connector ${connector} has no authentication ${JSON.stringify(wanted)}. It has: ${names}.`,
    { details: { connector } },
  )
}

/** Throws CONNECTOR_NOT_FOUND, or CONNECTION_INACTIVE where a new version of the package dropped the authentication. */
export async function authenticationOf(
  options: Pick<ConnectionsOptions, 'connectors'>,
  row: ConnectionRow,
): Promise<AuthenticationDefinition> {
  const { authentications } = await definitionOf(options, row)
  const found = authentications.find(({ name }) => name === row.authentication)
  if (found) return found
  throw new JunctorError(
    'CONNECTION_INACTIVE',
    `The connector ${row.connector} no longer has the authentication ${JSON.stringify(row.authentication)} that the connection ${JSON.stringify(row.name)} uses. Create a new connection.`,
    { details: { connector: row.connector } },
  )
}

const unsupportedKinds: Partial<Record<AuthenticationDefinition['kind'], string>> = {
  OAUTH2_CODE: 'OAuth consent',
  OAUTH2_CLIENT_CREDENTIALS: 'OAuth client credentials',
  CLIENT_CERTIFICATE: 'a client certificate',
}

function supported(connector: string, authentication: AuthenticationDefinition): AuthenticationDefinition {
  const gateway = authentication.parameters.some(({ type }) => type === 'gatewaySetting')
  const what = gateway ? 'an on-premises gateway' : unsupportedKinds[authentication.kind]
  if (what === undefined) return authentication
  throw new JunctorError(
    'AUTHENTICATION_UNSUPPORTED',
    `${JSON.stringify(authentication.title)} of the connector ${connector} needs ${what}, which this hub does not offer. Choose another authentication of the connector where it has one.`,
    { details: { connector } },
  )
}
