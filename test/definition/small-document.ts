// Small documents for the definition tests, and the two ways they are read.
import assert from 'node:assert/strict'
import { type ConnectorDefinition, type ReadResult, readDocument } from '../../src/definition/index.ts'

type Members = Readonly<Record<string, unknown>>

/** A Swagger 2.0 document with these members beside the least that is needed. */
export function swagger(parts: Members = {}): Members {
  return {
    swagger: '2.0',
    info: { title: 'Notes', version: '1.0' },
    host: 'api.example.com',
    basePath: '/v1/',
    schemes: ['https'],
    paths: { '/notes': { get: { operationId: 'ListNotes', responses: { 200: { description: 'ok' } } } } },
    ...parts,
  }
}

/** An OpenAPI 3 document, likewise. */
export function openapi(parts: Members = {}, version = '3.0.3'): Members {
  return {
    openapi: version,
    info: { title: 'Notes', version: '1.0' },
    servers: [{ url: 'https://api.example.com/v1' }],
    paths: { '/notes': { get: { operationId: 'ListNotes', responses: { 200: { description: 'ok' } } } } },
    ...parts,
  }
}

export function read(document: unknown, properties: unknown = null): ReadResult {
  return readDocument({
    name: 'notes',
    document: typeof document === 'string' ? document : JSON.stringify(document),
    properties: properties === null ? null : JSON.stringify({ properties }),
  })
}

/** The definition of a document that can be read. */
export function defined(document: unknown, properties: unknown = null): ConnectorDefinition {
  const { definition, diagnostics } = read(document, properties)
  assert(definition, `The document was not read: ${JSON.stringify(diagnostics)}`)
  return definition
}

/** The only operation of a document whose `paths` has this one item. */
export function operationOf(item: Members, path = '/notes', parts: Members = {}) {
  const [operation] = defined(swagger({ paths: { [path]: item }, ...parts })).operations
  assert(operation)
  return operation
}

/** A schema as the body of a POST, read. */
export function schemaOf(schema: unknown, definitions: Members = {}) {
  const definition = defined(
    swagger({
      definitions,
      paths: {
        '/notes': {
          post: {
            operationId: 'Make',
            parameters: [{ name: 'note', in: 'body', schema }],
            responses: { 204: { description: 'done' } },
          },
        },
      },
    }),
  )
  const body = definition.operations[0]?.body
  assert(body)
  return { schema: body.schema, schemas: definition.schemas }
}

export function codes(result: ReadResult): string[] {
  return result.diagnostics.map(({ severity, code }) => `${severity} ${code}`)
}
