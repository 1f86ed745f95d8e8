import { describe, expect, test } from 'vitest'
import { codes, defined, openapi, read, swagger } from './small-document.ts'

const key = { type: 'apiKey', in: 'header', name: 'X-Key' }
const basic = { type: 'basic' }
const secret = (title?: string) => ({
  type: 'securestring',
  uiDefinition: { displayName: title, constraints: { required: 'true' } },
})
const token = (settings: object) => ({ type: 'oAuthSetting', oauthSettings: settings })

function authentication(securityDefinitions: object, connectionParameters: object, parts: object = {}) {
  const [first] = defined(swagger({ securityDefinitions, ...parts }), {
    connectionParameters,
    ...parts,
  }).authentications
  return first
}

describe('pairing by parameter name', () => {
  test('nothing', () =>
    expect(authentication({}, {})).toMatchObject({ name: 'default', kind: 'NONE', parameters: [] }))

  test('api_key goes where the document says', () => {
    expect(authentication({ 'API Key': key }, { api_key: secret('Key') })).toMatchObject({
      kind: 'API_KEY',
      parameters: [{ name: 'api_key', type: 'securestring', title: 'Key', required: true, secret: true }],
      keys: [{ in: 'header', name: 'X-Key', parameter: 'api_key' }],
    })
  })

  test('one key to several places, and a parameter of the same name to its own', () => {
    const schemes = {
      one: key,
      two: { ...key, name: 'X-App' },
      Three: { ...key, in: 'query', name: 'third' },
    }
    expect(authentication(schemes, { api_key: secret(), x_app: secret() })?.keys).toEqual([
      { in: 'header', name: 'X-Key', parameter: 'api_key' },
      { in: 'header', name: 'X-App', parameter: 'x_app' },
      { in: 'query', name: 'third', parameter: 'api_key' },
    ])
    expect(authentication(schemes, { api_key: secret() }, { security: [{ Three: [] }] })?.keys).toHaveLength(
      1,
    )
  })

  test('a lone secret is the key, unless a policy puts it in its place', () => {
    const parameters = { licence: secret(), site: { type: 'string' } }
    expect(authentication({ key }, parameters)).toMatchObject({
      kind: 'API_KEY',
      keys: [{ parameter: 'licence' }],
    })
    const policy = {
      templateId: 'setheader',
      title: '',
      parameters: { 'x-ms-apimTemplateParameter.value': "Key @connectionParameters('Licence', '')" },
    }
    expect(authentication({ key }, parameters, { policyTemplateInstances: [policy] })?.kind).toBe('CUSTOM')
  })

  test('username and password are Basic even where the document forgets it', () => {
    const parameters = { username: { type: 'string' }, password: secret() }
    expect(authentication({ basic }, parameters)?.kind).toBe('BASIC')
    expect(authentication({}, parameters)?.kind).toBe('BASIC')
  })

  test('api_key without a place is for policies alone', () => {
    expect(authentication({}, { api_key: secret() })).toMatchObject({ kind: 'CUSTOM', keys: [] })
  })

  test('token alone suffices for OAuth, whatever the case of its keys', () => {
    const found = authentication(
      { key },
      {
        token: token({
          IdentityProvider: 'OAuth2',
          ClientId: '<<your id>>',
          scopes: ['a b', 'c'],
          customParameters: {
            TokenUrl: { value: 'https://id.example.com/token' },
            empty: { value: '' },
            none: null,
          },
        }),
        'token:site': { type: 'string' },
      },
    )
    expect(found).toMatchObject({
      kind: 'OAUTH2_CODE',
      parameters: [{ name: 'token', secret: true, required: false }, {}],
    })
    expect(found?.oauth).toEqual({
      identityProvider: 'oauth2',
      scopes: ['a b', 'c'],
      settings: { tokenurl: 'https://id.example.com/token' },
    })
    const client = {
      token: token({ clientId: 'abc', customParameters: { grantType: { value: 'client_credentials' } } }),
    }
    expect(authentication({}, client)).toMatchObject({
      kind: 'OAUTH2_CLIENT_CREDENTIALS',
      oauth: { clientId: 'abc' },
    })
  })

  test('a gateway cannot be had', () => {
    const result = read(swagger(), { connectionParameters: { gateway: { type: 'gatewaySetting' } } })
    expect(codes(result)).toContain('WARNING AUTHENTICATION_UNSUPPORTED')
  })
})

test('parameters carry what their form needs', () => {
  const found = authentication(
    {},
    {
      region: {
        type: 'string',
        defaultValue: 'eu',
        allowedValues: [{ value: 'ignored' }],
        uiDefinition: {
          displayName: 'Region',
          description: 'Where',
          constraints: { required: true, allowedValues: [{ text: 'Europe', value: 'eu' }, { value: 'us' }] },
        },
      },
      tenant: { type: 'string', uiDefinition: { constraints: { hidden: 'true', required: 'true' } } },
    },
  )
  expect(found?.parameters).toEqual([
    {
      name: 'region',
      type: 'string',
      title: 'Region',
      description: 'Where',
      required: true,
      secret: false,
      default: 'eu',
      options: [
        { value: 'eu', title: 'Europe' },
        { value: 'us', title: 'us' },
      ],
    },
    { name: 'tenant', type: 'string', required: false, secret: false },
  ])
})

test('sets shadow the plain parameters', () => {
  const { authentications } = defined(swagger({ securityDefinitions: { key } }), {
    connectionParameters: { api_key: secret() },
    connectionParameterSets: {
      values: [
        {
          name: 'login',
          uiDefinition: { displayname: 'Log in' },
          parameters: { username: secret(), password: secret() },
        },
        { name: 'key', parameters: { api_key: secret() }, metadata: { allowSharing: 'false' } },
        { name: 'key', parameters: {} },
      ],
    },
  })
  expect(authentications).toMatchObject([
    { name: 'login', title: 'Log in', kind: 'BASIC', shareable: true },
    { name: 'key', title: 'key', kind: 'API_KEY', shareable: false },
    { name: 'key_2', kind: 'NONE' },
  ])
})

describe('a document without properties', () => {
  const of = (securitySchemes: object, security?: unknown) =>
    defined(openapi({ components: { securitySchemes }, ...(security ? { security } : {}) })).authentications

  test('nothing declared', () => expect(of({})).toMatchObject([{ name: 'none', kind: 'NONE' }]))

  test('each scheme is a way, and none is one where security is not demanded', () => {
    expect(of({ k: key, b: { type: 'http', scheme: 'Basic' } })).toMatchObject([
      { name: 'k', kind: 'API_KEY', keys: [{ in: 'header', name: 'X-Key', parameter: 'api_key' }] },
      { name: 'b', kind: 'BASIC', parameters: [{ name: 'username' }, { name: 'password', secret: true }] },
      { kind: 'NONE' },
    ])
  })

  test('demanded security leaves no way without', () => {
    expect(of({ t: { type: 'http', scheme: 'bearer' } }, [{ t: [] }])).toMatchObject([
      {
        kind: 'API_KEY',
        keys: [{ in: 'header', name: 'Authorization', parameter: 'token', prefix: 'Bearer ' }],
      },
    ])
    expect(of({ k: key }, [{ k: [] }, {}]).map(({ kind }) => kind)).toEqual(['API_KEY', 'NONE'])
  })

  test('keys that are demanded together are one way', () => {
    expect(of({ a: key, b: { ...key, name: 'X-App', in: 'query' } }, [{ a: [], b: [] }])).toMatchObject([
      {
        kind: 'API_KEY',
        parameters: [{ name: 'a' }, { name: 'b' }],
        keys: [
          { name: 'X-Key', parameter: 'a' },
          { in: 'query', name: 'X-App', parameter: 'b' },
        ],
      },
    ])
  })

  test('a cookie is a header', () => {
    expect(of({ c: { type: 'apiKey', in: 'cookie', name: 'sid' } }, [{ c: [] }])).toMatchObject([
      { keys: [{ in: 'header', name: 'Cookie', prefix: 'sid=' }] },
    ])
  })

  test('OAuth flows', () => {
    const urls = {
      authorizationUrl: 'https://id.example.com/a',
      tokenUrl: 'https://id.example.com/t',
      scopes: { read: '' },
    }
    const expected = {
      identityProvider: 'oauth2',
      scopes: ['read'],
      settings: { authorizationurl: 'https://id.example.com/a', tokenurl: 'https://id.example.com/t' },
    }
    expect(of({ o: { type: 'oauth2', flows: { authorizationCode: urls } } }, [{ o: [] }])).toMatchObject([
      { kind: 'OAUTH2_CODE', parameters: [{ name: 'token', type: 'oauthSetting' }], oauth: expected },
    ])
    const swaggers = (flow: string) =>
      defined(
        swagger({
          securityDefinitions: { o: { type: 'oauth2', flow, ...urls } },
          security: [{ o: ['read'] }],
        }),
      ).authentications.map(({ kind }) => kind)
    expect(swaggers('accessCode')).toEqual(['OAUTH2_CODE'])
    expect(swaggers('application')).toEqual(['OAUTH2_CLIENT_CREDENTIALS'])
    expect(swaggers('implicit')).toEqual(['API_KEY'])
  })

  test('what is not supported is told, and leaves the rest', () => {
    const result = read(
      openapi({ components: { securitySchemes: { d: { type: 'http', scheme: 'digest' }, k: key } } }),
    )
    expect(result.definition?.authentications.map(({ kind }) => kind)).toEqual(['API_KEY', 'NONE'])
    expect(codes(result)).toContain('WARNING AUTHENTICATION_UNSUPPORTED')
  })
})
