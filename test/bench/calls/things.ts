// The API that everybody stands before: things, one at a time or a list of them, for whoever sends the key.

export const apiKey = 'a key that only the gateways hold'

export const makeThing = (index: number) => ({
  id: 9_007_199_254 + index,
  title: `Thing number ${index}`,
  description: 'A sentence or two about the thing, as long as such texts usually are in what an API answers.',
  price: 19.95 + index,
  active: index % 2 === 0,
  createdAt: '2026-01-05T09:00:00Z',
  labels: ['small', 'blue', `shelf-${index % 10}`],
  owner: { id: index, name: 'Ada Lovelace', email: 'ada@example.com' },
})

const text = { type: 'string' }
const integer = { type: 'integer', format: 'int64' }

/** Its swagger, with the server at `origin`. */
export function thingsSwagger(origin: string): string {
  const { protocol, host } = new URL(origin)
  const id = { name: 'id', in: 'path', required: true, ...integer }
  const count = { name: 'count', in: 'query', required: true, type: 'integer', format: 'int32' }
  const answers = (schema: object) => ({ 200: { description: 'OK', schema } })
  const thing = { $ref: '#/definitions/Thing' }
  return JSON.stringify({
    swagger: '2.0',
    info: { title: 'Things', version: '1' },
    host,
    basePath: '/',
    schemes: [protocol.slice(0, -1)],
    produces: ['application/json'],
    securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
    security: [{ key: [] }],
    paths: {
      '/things/{id}': { get: { operationId: 'GetThing', parameters: [id], responses: answers(thing) } },
      '/things': {
        get: {
          operationId: 'ListThings',
          parameters: [count],
          responses: answers({
            type: 'object',
            properties: { value: { type: 'array', items: thing } },
          }),
        },
      },
    },
    definitions: {
      Thing: {
        type: 'object',
        properties: {
          id: integer,
          title: text,
          description: text,
          price: { type: 'number', format: 'double' },
          active: { type: 'boolean' },
          createdAt: { type: 'string', format: 'date-time' },
          labels: { type: 'array', items: text },
          owner: { type: 'object', properties: { id: integer, name: text, email: text } },
        },
      },
    },
  })
}

export const thingsProperties = JSON.stringify({
  properties: {
    connectionParameters: { api_key: { type: 'securestring', uiDefinition: { displayName: 'Key' } } },
    iconBrandColor: '#336699',
    capabilities: [],
  },
})
