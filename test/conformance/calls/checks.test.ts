// Do the checks see what they are for? A right request, and each way to spoil it.
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/json.ts'
import { checkRequest } from './check-request.ts'
import { declaredOperations } from './declared-operation.ts'
import type { ReceivedRequest } from './received-request.ts'
import { createJudge } from './schema-check.ts'
import { addCredential } from './wanted-credential.ts'
import { wantedRequest } from './wanted-request.ts'

const document: JsonObject = {
  swagger: '2.0',
  host: 'api.example.com',
  basePath: '/v1',
  consumes: ['application/json'],
  securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
  definitions: {
    Note: { type: 'object', required: ['text'], properties: { text: { type: 'string', maxLength: 5 } } },
  },
  paths: {
    '/books/{book}/notes': {
      post: {
        operationId: 'AddNote',
        parameters: [
          { name: 'book', in: 'path', type: 'string', required: true },
          { name: 'top', in: 'query', type: 'integer', maximum: 10 },
          {
            name: 'X-Kind',
            in: 'header',
            type: 'string',
            required: true,
            default: 'short',
            'x-ms-visibility': 'internal',
          },
          { name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/Note' } },
        ],
      },
    },
  },
}

const right: ReceivedRequest = {
  method: 'POST',
  target: '/v1/books/a%20b%2Fc/notes?top=3',
  headers: {
    'x-forwarded-host': 'api.example.com',
    'x-forwarded-proto': 'https',
    'content-type': 'application/json',
    'x-kind': 'short',
    'x-key': 'canary0value',
  },
  body: Buffer.from('{"text":"hi"}'),
}

function faultsOf(spoilt: Partial<ReceivedRequest>): readonly string[] {
  const operation = declaredOperations(document).get('AddNote')!
  const parameters = new Map<string, string | number>([
    ['path book', 'a b/c'],
    ['query top', 3],
  ])
  const wanted = wantedRequest(document, operation, { parameters, body: { text: 'hi' } })
  const values = new Map([['api_key', 'canary0value']])
  addCredential(wanted, document, { api_key: { type: 'securestring' } }, values, '')
  const expectation = { operation, wanted, secrets: [...values.values()], isRewritten: false }
  const faults = checkRequest({ ...right, ...spoilt }, expectation, createJudge(document))
  return faults.map(({ check, kind }) => `${check}: ${kind}`)
}

const headers = (changes: Record<string, string | undefined>) => ({
  headers: Object.fromEntries(
    Object.entries({ ...right.headers, ...changes }).filter(([, value]) => value !== undefined),
  ),
})

test('a right request has no fault', () => {
  expect(faultsOf({})).toEqual([])
})

test.each<[string, Partial<ReceivedRequest>, string]>([
  ['another method', { method: 'PUT' }, 'arrival: method'],
  ['another path', { target: '/books/a%20b%2Fc/notes?top=3' }, 'arrival: path'],
  ['a slash that splits the path', { target: '/v1/books/a%20b/c/notes?top=3' }, 'arrival: path'],
  ['a value encoded twice', { target: '/v1/books/a%2520b%252Fc/notes?top=3' }, 'arrival: path value'],
  ['a lost query', { target: '/v1/books/a%20b%2Fc/notes' }, 'arrival: query'],
  ['a query too many', { target: `${right.target}&x=1` }, 'arrival: query nobody asked for'],
  ['a query out of bounds', { target: '/v1/books/a%20b%2Fc/notes?top=11' }, 'request: invalid query maximum'],
  ['another host', headers({ 'x-forwarded-host': 'evil.example.com' }), 'arrival: host'],
  ['a lost constant', headers({ 'x-kind': undefined }), 'request: invalid header required'],
  ['a header too many', headers({ 'x-other': '1' }), 'arrival: header nobody asked for'],
  ['no credential', headers({ 'x-key': undefined }), 'credential: header'],
  ['a credential elsewhere too', headers({ referer: 'canary0value' }), 'arrival: header nobody asked for'],
  ['a credential in the query', { target: `${right.target}&k=canary0value` }, 'credential: stray secret'],
  ['a credential in the body', { body: Buffer.from('{"text":"canary0value"}') }, 'credential: stray secret'],
  ['another content type', headers({ 'content-type': 'text/plain' }), 'arrival: content type'],
  ['a body that differs', { body: Buffer.from('{"text":"ho"}') }, 'arrival: json body'],
  ['a body without what it must hold', { body: Buffer.from('{}') }, 'request: invalid body required'],
  ['no body', { body: Buffer.alloc(0) }, 'arrival: body missing'],
])('%s is seen', (_what, spoilt, fault) => {
  expect(faultsOf(spoilt)).toContain(fault)
})
