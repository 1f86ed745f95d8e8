import { describe, expect, test } from 'vitest'
import { defined, operationOf, swagger } from './small-document.ts'

const done = { 201: { description: 'done' } }
const url = { type: 'string', 'x-ms-visibility': 'internal', 'x-ms-notification-url': true }
const content = { schema: { type: 'object', properties: { id: { type: 'integer', format: 'int32' } } } }
const hook = (schema: object, parts: object = {}, item: object = { 'x-ms-notification-content': content }) =>
  operationOf({
    post: {
      operationId: 'OnNote',
      parameters: [{ name: 'b', in: 'body', schema }],
      responses: done,
      ...parts,
    },
    ...item,
  })
const trigger = { 'x-ms-trigger': 'single' }

describe('webhooks', () => {
  test('a body with a place for the callback URL', () => {
    const operation = hook(
      { type: 'object', properties: { hook: { type: 'object', properties: { url } } } },
      trigger,
    )
    expect(operation.role).toEqual({
      role: 'webhook',
      callbackPaths: [['hook', 'url']],
      delivers: 'body',
      once: false,
    })
    expect(operation.event).toMatchObject({ type: 'object', properties: { id: { type: 'integer' } } })
  })

  test('every place counts, through references and lists, and cycles end', () => {
    const definition = defined(
      swagger({
        definitions: {
          Hook: { type: 'object', properties: { url, again: { $ref: '#/definitions/Hook' } } },
          Body: {
            type: 'object',
            properties: {
              'webhooks[0][url]': url,
              first: { $ref: '#/definitions/Hook' },
              list: { type: 'array', items: { $ref: '#/definitions/Hook' } },
            },
          },
        },
        paths: {
          '/hooks': {
            post: {
              parameters: [{ name: 'b', in: 'body', schema: { $ref: '#/definitions/Body' } }],
              responses: done,
            },
          },
        },
      }),
    )
    expect(definition.operations[0]?.role).toMatchObject({
      callbackPaths: [['webhooks[0][url]'], ['first', 'url'], ['list', '0', 'url']],
      once: true,
    })
    expect(definition.operations[0]?.event).toEqual({ type: 'any' })
  })

  test('a notification without a place for the URL is registered by hand', () => {
    const operation = hook({ type: 'object' }, { ...trigger, 'x-junctor-delivers': 'request' })
    expect(operation.role).toEqual({ role: 'webhook', callbackPaths: [], delivers: 'request', once: false })
  })

  test('the other operations of the path are actions', () => {
    const definition = defined(
      swagger({
        paths: {
          '/hooks': {
            'x-ms-notification-content': content,
            delete: { responses: done },
            get: { responses: done },
          },
        },
      }),
    )
    expect(definition.operations.map(({ role }) => role.role)).toEqual(['action', 'action'])
  })
})

describe('polling', () => {
  const item = { type: 'object', properties: { id: { type: 'string' } } }
  const list = { type: 'array', items: item }
  const poll = (schema: unknown, kind = 'batch', policies: unknown[] = []) => {
    const definition = defined(
      swagger({
        paths: {
          '/notes': {
            get: {
              operationId: 'OnNote',
              'x-ms-trigger': kind,
              responses: { 200: { description: '', schema } },
            },
          },
        },
      }),
      { policyTemplateInstances: policies },
    )
    return definition.operations[0]
  }
  const policy = (parameters: object) => ({
    templateId: 'PollingTrigger',
    title: 'Poll',
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [`x-ms-apimTemplateParameter.${name}`, value]),
    ),
  })

  test.each([
    ['the root array', list, []],
    [
      'the only array',
      { type: 'object', properties: { total: { type: 'integer' }, notes: list } },
      ['notes'],
    ],
    ['OData', { type: 'object', properties: { a: list, value: list } }, ['value']],
  ])('%s holds the events', (_name, schema, itemsPath) => {
    expect(poll(schema)).toMatchObject({
      role: { role: 'polling', style: 'protocol', batch: true, itemsPath },
      event: { type: 'object', properties: { id: { type: 'string' } } },
    })
  })

  test("the policy's path wins", () => {
    const schema = {
      type: 'object',
      properties: { a: list, data: { type: 'object', properties: { 'odd name': list } } },
    }
    expect(
      poll(schema, 'batch', [policy({ triggerDataPath: "@triggerBody().data['odd name']" })]),
    ).toMatchObject({
      role: { role: 'polling', style: 'policy', batch: true, itemsPath: ['data', 'odd name'] },
      event: { type: 'object' },
    })
  })

  test('a response that nothing is known of', () => {
    expect(poll({})).toMatchObject({ role: { batch: true, itemsPath: [] }, event: { type: 'any' } })
  })

  test('one event an answer', () => {
    expect(poll(item, 'single')).toMatchObject({
      role: { style: 'protocol', batch: false },
      event: { type: 'object' },
    })
    expect(poll(item, 'batch')).toMatchObject({ role: { batch: false }, event: { type: 'object' } })
  })
})

describe('policies', () => {
  const policies = (...instances: unknown[]) =>
    defined(swagger(), { policyTemplateInstances: instances }).policies
  const instance = (parameters: object, templateId = 'SetHeader') => ({ templateId, title: 'T', parameters })

  test('keys lose their prefixes, ids their case', () => {
    expect(
      policies(
        instance({
          'x-ms-apimTemplateParameter.name': 'X',
          'x-ms-apimTemplateParameter.value': "@headers('Y')",
          'x-ms-apimTemplate-policySection': 'Response',
          'x-ms-apimTemplate-operationName': ['listnotes', 'Absent'],
        }),
      ),
    ).toEqual([
      {
        template: 'setheader',
        title: 'T',
        operations: ['ListNotes'],
        section: 'response',
        parameters: { name: 'X', value: "@headers('Y')" },
      },
    ])
  })

  test('a policy for operations that are all gone applies to none, not to all', () => {
    expect(policies(instance({ 'x-ms-apimTemplate-operationName': ['Absent'] }))).toEqual([])
    expect(policies(instance({ 'x-ms-apimTemplate-operationName': [] }))).toMatchObject([{ operations: [] }])
  })

  test("the section that is not said is the template's own", () => {
    expect(
      policies(instance({}, 'updatenextlink'), instance({}, 'dynamichosturl')).map(({ section }) => section),
    ).toEqual(['response', 'request'])
  })
})

describe('scripts', () => {
  const scripted = (properties: object) =>
    defined(swagger(), properties).operations.map(operation => operation.scripted)
  test('operations that the properties route through a script', () => {
    expect(scripted({ scriptOperations: ['ListNotes'] })).toEqual([true])
    expect(scripted({ script: { operationIds: ['listnotes'] } })).toEqual([true])
    expect(scripted({ scriptOperations: ['Leftover'] })).toEqual([false])
    expect(scripted({ scriptOperations: [] })).toEqual([false])
  })
})

test('the test connection', () => {
  const testOperation = (operationId: string) =>
    defined(swagger({ 'x-ms-capabilities': { testConnection: { operationId } } })).testOperation
  expect(testOperation('listNotes')).toBe('ListNotes')
  expect(testOperation('Absent')).toBeNull()
})
