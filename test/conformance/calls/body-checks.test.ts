// Do the checks see a body that is not what its content type says? Each kind of body right, and ways to spoil it.
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../src/json.ts'
import { checkRequest } from './check-request.ts'
import { declaredOperations } from './declared-operation.ts'
import { createJudge } from './schema-check.ts'
import { settleBody } from './typed-body.ts'
import { addCredential } from './wanted-credential.ts'
import { wantedRequest } from './wanted-request.ts'

interface Called {
  readonly operation: JsonObject
  readonly parameters?: Readonly<Record<string, Json>>
  readonly body?: Json
}

interface Arrived {
  readonly type: string
  readonly octets: string
  readonly query?: string
}

function faultsOf({ operation: node, parameters = {}, body }: Called, { type, octets, query }: Arrived) {
  const document: JsonObject = {
    swagger: '2.0',
    host: 'api.example.com',
    securityDefinitions: { key: { type: 'apiKey', in: 'query', name: 'key' } },
    paths: { '/': { post: { operationId: 'Post', ...node } } },
  }
  const operation = declaredOperations(document).get('Post')!
  const wanted = wantedRequest(document, operation, { parameters: new Map(Object.entries(parameters)), body })
  const values = new Map([['api_key', 'canary0value']])
  addCredential(wanted, document, { api_key: { type: 'securestring' } }, values, '')
  settleBody(wanted)
  const received = {
    method: 'POST',
    target: `/?${query ?? 'key=canary0value'}`,
    headers: {
      'x-forwarded-host': 'api.example.com',
      'x-forwarded-proto': 'https',
      'content-type': type,
    },
    body: Buffer.from(octets),
  }
  const expectation = { operation, wanted, secrets: [...values.values()], isRewritten: false }
  const faults = checkRequest(received, expectation, createJudge(document))
  return faults.map(({ check, kind }) => `${check}: ${kind}`)
}

const header = (type: string) => ({
  in: 'header',
  name: 'Content-Type',
  type: 'string',
  required: true,
  default: type,
  'x-ms-visibility': 'internal',
})
const note = {
  type: 'object',
  required: ['text'],
  properties: {
    text: { type: 'string' },
    count: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
    deep: { type: 'object', properties: { yes: { type: 'boolean' } } },
  },
}
const posting = (type: string, body: Json, schema: JsonObject, consumes = 'application/json') => ({
  operation: {
    consumes: [consumes],
    parameters: [header(type), { in: 'body', name: 'body', required: true, schema }],
  },
  body,
})
const value = { text: 'a&b', count: 3, tags: ['p', 'q'], deep: { yes: true } }
const urlencoded = 'application/x-www-form-urlencoded'
const form = posting(urlencoded, value, note)
const formOctets = 'text=a%26b&count=3&tags=p&tags=q&deep=%7B%22yes%22%3Atrue%7D'
const multipart = posting('multipart/form-data', value, note)
const bounded = 'multipart/form-data; boundary=b'
const parts = (...fields: readonly (readonly [string, string])[]) =>
  `${fields.map(([name, text]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`).join('')}--b--\r\n`
const partsOfValue = [
  ['text', 'a&b'],
  ['count', '3'],
  ['tags', 'p'],
  ['tags', 'q'],
  ['deep', '{"yes":true}'],
] as const
const empty = posting(urlencoded, {}, { type: 'object', properties: {} })
const raw = posting('text/markdown', '# "a"', { type: 'string' })
const json = posting('application/json', '# "a"', { type: 'string' }, 'text/plain')
const fields = {
  operation: {
    consumes: [urlencoded],
    parameters: [
      header('multipart/form-data'),
      { in: 'formData', name: 'f', type: 'string', required: true },
    ],
  },
  parameters: { 'formData f': 'v' },
}
const files = {
  operation: {
    consumes: ['multipart/form-data'],
    parameters: [
      { in: 'formData', name: 'files', type: 'array', items: { type: 'string', format: 'binary' } },
    ],
  },
  parameters: { 'formData files': [btoa('one'), btoa('two')] },
}
const keyed = {
  operation: { parameters: [{ in: 'query', name: 'key', type: 'string', required: true }] },
  parameters: { 'query key': 'mine' },
}

test.each<[string, Called, Arrived]>([
  ['an object under a form type', form, { type: urlencoded, octets: formOctets }],
  ['an object under a multipart type', multipart, { type: bounded, octets: parts(...partsOfValue) }],
  ['an empty form', empty, { type: urlencoded, octets: '' }],
  ['text under a text type', raw, { type: 'text/markdown', octets: '# "a"' }],
  ['text under JSON', json, { type: 'application/json', octets: '"# \\"a\\""' }],
  ['fields under a multipart type', fields, { type: bounded, octets: parts(['f', 'v']) }],
  ['a list of files', files, { type: bounded, octets: parts(['files', 'one'], ['files', 'two']) }],
  ['a key that is a parameter as well', keyed, { type: '', octets: '' }],
])('%s is right', (_what, called, arrived) => {
  expect(faultsOf(called, arrived)).toEqual([])
})

test.each<[string, Called, Arrived, string]>([
  ['JSON under a form type', form, { type: urlencoded, octets: JSON.stringify(value) }, 'arrival: form body'],
  ['a form of another type', form, { type: 'application/json', octets: formOctets }, 'arrival: header'],
  [
    'a form without a required member',
    form,
    { type: urlencoded, octets: 'count=3' },
    'request: invalid body required',
  ],
  [
    'a member of a form that is no integer',
    form,
    { type: urlencoded, octets: formOctets.replace('=3', '=x') },
    'request: invalid body type',
  ],
  [
    'a list in one field',
    form,
    { type: urlencoded, octets: formOctets.replace('&tags=q', '%2Cq') },
    'arrival: form body',
  ],
  [
    'a multipart type without a boundary',
    multipart,
    { type: 'multipart/form-data', octets: parts(...partsOfValue) },
    'arrival: content type',
  ],
  ['another boundary', multipart, { type: bounded, octets: 'x' }, 'arrival: multipart body'],
  [
    'a lost part',
    multipart,
    { type: bounded, octets: parts(...partsOfValue.slice(1)) },
    'request: invalid body required',
  ],
  ['a form that was to be empty', empty, { type: urlencoded, octets: 'a=b' }, 'arrival: form body'],
  [
    'text as JSON under a text type',
    raw,
    { type: 'text/markdown', octets: '"# \\"a\\""' },
    'arrival: text body',
  ],
  ['raw text under JSON', json, { type: 'application/json', octets: '# "a"' }, 'arrival: json body'],
  ['a lost field', fields, { type: bounded, octets: parts() }, 'request: invalid formData required'],
  [
    'files in one part',
    files,
    { type: bounded, octets: parts(['files', 'one,two']) },
    'arrival: multipart body',
  ],
  ['a lost file', files, { type: bounded, octets: parts(['files', 'one']) }, 'arrival: multipart body'],
  ["the caller's key", keyed, { type: '', octets: '', query: 'key=mine' }, 'credential: query'],
  [
    'both keys',
    keyed,
    { type: '', octets: '', query: 'key=mine&key=canary0value' },
    'arrival: query nobody asked for',
  ],
])('%s is seen', (_what, called, arrived, fault) => {
  expect(faultsOf(called, arrived)).toContain(fault)
})
