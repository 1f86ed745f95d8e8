// Small definitions and connections for calls; every field can be overridden.
import type { ConnectionId, OpenConnection } from '../../src/connections/index.ts'
import type {
  AuthenticationDefinition,
  ConnectorDefinition,
  OperationDefinition,
  ParameterDefinition,
  PolicyInstance,
  Schema,
} from '../../src/definition/index.ts'
import type { Invocation, WireArguments } from '../../src/invocation/index.ts'
import type { Json } from '../../src/json.ts'
import { secret } from '../../src/secret.ts'

export const text: Schema = { type: 'string' }
const anything: Schema = { type: 'any' }

export function parameter(
  place: ParameterDefinition['in'],
  name: string,
  rest: Partial<ParameterDefinition> = {},
): ParameterDefinition {
  return {
    name,
    in: place,
    schema: text,
    required: place === 'path',
    encoding: 'single',
    collectionFormat: 'csv',
    ...rest,
  }
}

export function operation(rest: Partial<OperationDefinition> = {}): OperationDefinition {
  const method = rest.method ?? 'GET'
  return {
    id: 'Call',
    method,
    path: '/call',
    role: { role: 'action' },
    safe: method === 'GET' || method === 'HEAD',
    deprecated: false,
    visibility: 'normal',
    parameters: [],
    body: null,
    contentType: rest.body ? 'application/json' : null,
    response: anything,
    event: null,
    nextLink: null,
    anonymous: false,
    scripted: false,
    pointer: '',
    ...rest,
  }
}

export function definition(baseUrl: string, rest: Partial<ConnectorDefinition> = {}): ConnectorDefinition {
  return {
    name: 'demo',
    title: 'Demo',
    categories: [],
    hash: 'hash',
    baseUrl,
    operations: [],
    skipped: [],
    schemas: {},
    schemasPointer: '/definitions',
    authentications: [authentication('NONE')],
    policies: [],
    testOperation: null,
    webapp: null,
    hooks: null,
    ...rest,
  }
}

export function authentication(
  kind: AuthenticationDefinition['kind'],
  keys: AuthenticationDefinition['keys'] = [],
): AuthenticationDefinition {
  return { name: kind.toLowerCase(), title: kind, kind, parameters: [], keys, shareable: true }
}

export function connection(
  how: AuthenticationDefinition,
  secrets: Readonly<Record<string, string>> = {},
  rest: Partial<OpenConnection> = {},
): OpenConnection {
  return {
    id: 'connection-1' as ConnectionId,
    connector: 'demo',
    authentication: how,
    parameters: {},
    secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, secret(value)])),
    baseUrl: null,
    ...rest,
  }
}

export function policy(
  template: string,
  parameters: Readonly<Record<string, Json>>,
  rest: Partial<PolicyInstance> = {},
): PolicyInstance {
  return { template, title: template, operations: [], section: 'request', parameters, ...rest }
}

type Places = Partial<WireArguments['parameters']>

export function wire(places: Places = {}, body?: Json): WireArguments {
  const parameters = { path: {}, query: {}, header: {}, form: {}, ...places }
  return body === undefined ? { parameters } : { parameters, body }
}

export function invocation(
  about: ConnectorDefinition,
  called: OperationDefinition,
  rest: Partial<Invocation> = {},
): Invocation {
  return {
    definition: about,
    operation: called,
    connection: null,
    arguments: wire(),
    signal: new AbortController().signal,
    ...rest,
  }
}
