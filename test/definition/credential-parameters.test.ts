// A parameter that the connection fills is asked of nobody.
import { describe, expect, test } from 'vitest'
import { defined, swagger } from './small-document.ts'

const parameters = [
  { name: 'ApiKey', in: 'header', required: true, type: 'string' },
  { name: 'apikey', in: 'query', required: true, type: 'string' },
  { name: 'q', in: 'query', type: 'string' },
]
const get = { operationId: 'Find', parameters, responses: { 200: { description: 'ok' } } }
const key = (place: string) => ({ key: { type: 'apiKey', in: place, name: 'apikey' } })
const secret = (required: string) => ({ type: 'securestring', uiDefinition: { constraints: { required } } })

function asked(securityDefinitions: object, connectionParameters: object, operation: object = {}): string[] {
  const document = swagger({ securityDefinitions, paths: { '/': { get: { ...get, ...operation } } } })
  const [found] = defined(document, { connectionParameters }).operations
  return found?.parameters.map(({ in: place, name }) => `${place} ${name}`) ?? []
}

describe('the key', () => {
  test('in a header, whose name has no case', () => {
    expect(asked(key('header'), { api_key: secret('true') })).toEqual(['query apikey', 'query q'])
  })

  test('in the query', () => {
    expect(asked(key('query'), { api_key: secret('true') })).toEqual(['header ApiKey', 'query q'])
  })

  const all = ['header ApiKey', 'query apikey', 'query q']
  test('is the caller’s where the connection may lack it', () => {
    expect(asked(key('header'), { api_key: secret('false') })).toEqual(all)
  })

  test('is the caller’s where the operation is called without a credential', () => {
    expect(asked(key('header'), { api_key: secret('true') }, { security: [] })).toEqual(all)
  })

  test('is the caller’s where there is another way to connect', () => {
    expect(asked({}, {})).toEqual(all)
    const values = [
      { name: 'key', parameters: { api_key: secret('true') } },
      { name: 'none', parameters: {} },
    ]
    const document = swagger({ securityDefinitions: key('header'), paths: { '/': { get } } })
    const properties = { connectionParameterSets: { uiDefinition: {}, values } }
    expect(defined(document, properties).operations[0]?.parameters).toHaveLength(3)
  })
})
