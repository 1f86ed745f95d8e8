// Definitions by hand: what a test does not care about has its plainest value.
import type {
  BodyDefinition,
  ConnectorDefinition,
  OperationDefinition,
  ParameterDefinition,
  Schema,
} from '../../../src/definition/index.ts'

type ObjectSchema = Extract<Schema, { type: 'object' }>

export const text: Schema = { type: 'string' }
export const int: Schema = { type: 'integer', format: 'int32' }
export const long: Schema = { type: 'integer', format: 'int64' }
export const flag: Schema = { type: 'boolean' }
export const anything: Schema = { type: 'any' }
export const ref = (name: string): Schema => ({ type: 'ref', ref: name })
export const list = (items: Schema): Schema => ({ type: 'array', items })
export const object = (
  properties: ObjectSchema['properties'],
  required: readonly string[] = [],
  additional: Schema | null = null,
): ObjectSchema => ({ type: 'object', properties, required, additional })

export function parameter(
  name: string,
  over: Partial<ParameterDefinition> & { schema?: Schema } = {},
): ParameterDefinition {
  return {
    name,
    in: 'query',
    schema: text,
    required: false,
    encoding: 'single',
    collectionFormat: 'csv',
    ...over,
  }
}

export function body(schema: Schema, over: Partial<BodyDefinition> = {}): BodyDefinition {
  return { name: 'body', schema, required: true, ...over }
}

export function operation(id: string, over: Partial<OperationDefinition> = {}): OperationDefinition {
  const method = over.method ?? 'GET'
  return {
    id,
    method,
    path: `/${id}`,
    role: { role: 'action' },
    safe: method === 'GET' || method === 'HEAD',
    deprecated: false,
    visibility: 'normal',
    parameters: [],
    body: null,
    contentType: null,
    response: null,
    event: null,
    nextLink: null,
    anonymous: false,
    scripted: false,
    pointer: `/paths/~1${id}/${method.toLowerCase()}`,
    ...over,
  }
}

export const webhook: OperationDefinition['role'] = {
  role: 'webhook',
  callbackPaths: [['url']],
  delivers: 'body',
  once: false,
}
export const polling: OperationDefinition['role'] = {
  role: 'polling',
  style: 'protocol',
  batch: true,
  itemsPath: ['value'],
}

export function connector(
  operations: readonly OperationDefinition[],
  schemas: ConnectorDefinition['schemas'] = {},
  over: Partial<ConnectorDefinition> = {},
): ConnectorDefinition {
  return {
    name: 'shop',
    title: 'Shop',
    categories: [],
    hash: 'hash',
    baseUrl: 'https://shop.example/v1',
    operations,
    skipped: [],
    schemas,
    schemasPointer: '/definitions',
    authentications: [
      { name: 'none', title: 'None', kind: 'NONE', parameters: [], keys: [], shareable: true },
    ],
    policies: [],
    testOperation: null,
    webapp: null,
    hooks: null,
    ...over,
  }
}
