// Two documents that use what OpenAPI 3 has, for bending.

const issue = {
  type: 'object',
  required: ['title'],
  properties: {
    id: { type: 'integer', format: 'int64', readOnly: true },
    title: { type: 'string', default: 'Untitled' },
    state: { type: 'string', enum: ['open', 'closed'], nullable: true },
    parent: { $ref: '#/components/schemas/Issue' },
    labels: { type: 'array', items: { $ref: '#/components/schemas/Label' } },
    author: { oneOf: [{ $ref: '#/components/schemas/User' }, { $ref: '#/components/schemas/Robot' }] },
    extra: { type: 'object', additionalProperties: { type: 'number' } },
  },
}
const schemas = {
  Issue: issue,
  Label: { type: 'object', properties: { name: { type: 'string' }, color: { type: 'string' } } },
  Actor: {
    type: 'object',
    discriminator: { propertyName: 'kind' },
    properties: { kind: { type: 'string' } },
    oneOf: [{ $ref: '#/components/schemas/User' }, { $ref: '#/components/schemas/Robot' }],
  },
  User: {
    allOf: [
      { $ref: '#/components/schemas/Actor' },
      { properties: { email: { type: 'string', format: 'email' } } },
    ],
  },
  Robot: {
    allOf: [
      { $ref: '#/components/schemas/Actor' },
      { properties: { owner: { $ref: '#/components/schemas/User' } } },
    ],
  },
}
const json = (schema: object) => ({ content: { 'application/json': { schema } } })
const ok = (schema: object) => ({ 200: { description: 'ok', ...json(schema) } })

const paths = {
  '/issues': {
    parameters: [{ $ref: '#/components/parameters/Trace' }],
    get: {
      operationId: 'ListIssues',
      parameters: [
        { name: 'filter', in: 'query', style: 'deepObject', schema: { $ref: '#/components/schemas/Label' } },
        { name: 'page', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100, default: 1 } },
      ],
      responses: ok({ type: 'array', items: { $ref: '#/components/schemas/Issue' } }),
    },
    post: {
      operationId: 'issues/create',
      requestBody: { required: true, ...json({ $ref: '#/components/schemas/Issue' }) },
      responses: { 201: { description: 'made', ...json({ $ref: '#/components/schemas/Issue' }) } },
    },
  },
  '/issues/{id}/files': {
    put: {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
      requestBody: {
        content: {
          'multipart/form-data': {
            schema: {
              type: 'object',
              required: ['file'],
              properties: { file: { type: 'string', format: 'binary' }, note: { type: 'string' } },
            },
          },
        },
      },
      responses: { 204: { description: 'stored' } },
    },
    get: { responses: { 200: { description: 'bytes', content: { 'application/pdf': {} } } } },
  },
}
const rest = {
  info: { title: 'Issues', version: '1' },
  servers: [{ url: 'https://{region}.example.com/v1', variables: { region: { default: 'eu' } } }],
  paths,
  security: [{ key: [] }, { consent: ['read'] }],
}
const components = {
  schemas,
  parameters: { Trace: { name: 'X-Trace', in: 'header', schema: { type: 'string' } } },
  securitySchemes: {
    key: { type: 'apiKey', in: 'header', name: 'X-Key' },
    consent: {
      type: 'oauth2',
      flows: {
        authorizationCode: {
          authorizationUrl: 'https://a.example',
          tokenUrl: 'https://t.example',
          scopes: {},
        },
      },
    },
  },
}

export const openApiDocument = { openapi: '3.0.3', ...rest, components }

export const openApi31Document = {
  openapi: '3.1.0',
  ...rest,
  webhooks: {
    opened: {
      post: {
        operationId: 'opened',
        requestBody: json({ $ref: '#/components/schemas/Issue' }),
        responses: {},
      },
    },
  },
  components: {
    ...components,
    schemas: {
      ...schemas,
      Label: {
        type: ['object', 'null'],
        properties: { name: { const: 'bug' }, icon: { type: 'string', contentMediaType: 'image/png' } },
        patternProperties: { '^x-': { type: 'string' } },
      },
    },
  },
}
