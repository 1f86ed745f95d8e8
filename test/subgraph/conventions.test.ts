// The GraphQL conventions of the house, on a connector with one of everything.
import { getIntrospectionQuery, graphql, validateSchema } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Compiled, compiled } from './answer.ts'
import {
  anything,
  body,
  connector,
  flag,
  int,
  object,
  operation,
  parameter,
  text,
  webhook,
} from './definitions/build.ts'
import { tracker } from './definitions/tracker.ts'

let it: Compiled
beforeAll(async () => {
  it = await compiled(tracker)
})

describe('root fields', () => {
  test('a GET is a query with parameters as arguments, named as GraphQL can', () => {
    expect(it.field('tracker_listIssues')).toBe(
      'Query.tracker_listIssues(connection: ID, project: String!, filter: String, state: String!, page_size: Int, ' +
        'X_Trace: String, labels: [String], limit: Int): tracker_ListIssuesResponse',
    )
  })

  test('anything else is a mutation, its body is input', () => {
    expect(it.field('tracker_createIssue')).toBe(
      'Mutation.tracker_createIssue(connection: ID, input: tracker_CreateIssueInput!): tracker_Issue',
    )
  })

  test('an operation without an answer is Boolean', () => {
    expect(it.field('tracker_issuesDelete')).toBe(
      'Mutation.tracker_issuesDelete(connection: ID, id: BigInt!): Boolean',
    )
    expect(it.operation('issues/delete').result).toBe('nothing')
  })

  test('a binary answer is a File; a binary argument is an Upload', () => {
    expect(it.field('tracker_downloadAttachment')).toBe(
      'Query.tracker_downloadAttachment(connection: ID, id: String!): File',
    )
    expect(it.operation('DownloadAttachment').result).toBe('file')
    expect(it.field('tracker_uploadAttachment')).toBe(
      'Mutation.tracker_uploadAttachment(connection: ID, file: Upload!): JSON',
    )
  })

  test('what is marked safe is a query whatever its method', async () => {
    const { field } = await compiled(connector([operation('Search', { method: 'POST', safe: true })]))
    expect(field('shop_search')).toBe('Query.shop_search(connection: ID): Boolean')
  })

  test('a constant is not shown', () => {
    expect(it.artifact.sdl).not.toContain('Accept')
  })

  test('the operation table says where each argument goes', () => {
    expect(it.operation('ListIssues').arguments).toEqual({
      connection: { to: 'connection' },
      project: { to: 'parameter', in: 'path', name: 'project' },
      filter: { to: 'parameter', in: 'query', name: '$filter' },
      state: { to: 'parameter', in: 'query', name: 'state' },
      page_size: { to: 'parameter', in: 'query', name: 'page size' },
      X_Trace: { to: 'parameter', in: 'header', name: 'X-Trace' },
      labels: { to: 'parameter', in: 'query', name: 'labels' },
      limit: { to: 'limit' },
    })
    expect(it.operation('create_issue').arguments).toMatchObject({ input: { to: 'body' } })
  })
})

describe('triggers', () => {
  test('a trigger is a subscription of typed, resumable events', () => {
    expect(it.field('tracker_onIssueCreated')).toBe(
      'Subscription.tracker_onIssueCreated(connection: ID, project: String!, after: String, where: tracker_IssueWhere): tracker_OnIssueCreatedEvent!',
    )
    expect(it.type('tracker_OnIssueCreatedEvent')).toBe(
      'type tracker_OnIssueCreatedEvent implements Event { id: ID! cursor: String! time: DateTime! feed: Feed! ' +
        'data: tracker_Issue }',
    )
    expect(it.operation('OnIssueCreated').arguments.after).toEqual({ to: 'after' })
  })

  test('the callback URL is not the caller’s to give', () => {
    expect(it.type('tracker_OnCommentInput')).toBe('input tracker_OnCommentInput { mentions: Boolean }')
    expect(it.field('tracker_onComment')).toContain('input: tracker_OnCommentInput,')
  })

  test('is chosen by the scalars of what its events carry, at any depth but in lists', () => {
    expect(it.type('tracker_WhenIssueChangesEventDataWhere')).toBe(
      'input tracker_WhenIssueChangesEventDataWhere { id: BigIntFilter ' +
        'changed: tracker_WhenIssueChangesEventDataChangedWhere and: [tracker_WhenIssueChangesEventDataWhere!] ' +
        'or: [tracker_WhenIssueChangesEventDataWhere!] not: tracker_WhenIssueChangesEventDataWhere }',
    )
    expect(it.operation('OnIssueCreated').arguments.where).toEqual({ to: 'where' })
  })

  test('an event of unknown shape is JSON, and all of them are told', () => {
    expect(it.type('tracker_OnCommentEvent')).toContain('data: JSON }')
    expect(it.field('tracker_onComment')).not.toContain('where')
  })

  test('a polling trigger is a subscription too, whatever its method', () => {
    expect(it.type('tracker_WhenIssueChangesEventData')).toBe(
      'type tracker_WhenIssueChangesEventData { id: BigInt changed: tracker_WhenIssueChangesEventDataChanged }',
    )
    expect(it.artifact.sdl).not.toContain('WhenIssueChangesResponse')
  })

  test('a webhook action is a mutation that gives a feed, and a subscription of the same name for its answer', async () => {
    const asks = operation('AskAndWait', {
      method: 'POST',
      role: { ...webhook, once: true } as typeof webhook,
      response: anything,
      event: object({ approved: flag }),
    })
    const { artifact, diagnostics, field, type } = await compiled(connector([asks]))
    expect(field('shop_askAndWait')).toBe('Mutation.shop_askAndWait(connection: ID): Feed!')
    expect(artifact.sdl).toContain('extend type Subscription')
    expect(artifact.sdl.replace(/"[^"]*"/g, '')).toMatch(
      /shop_askAndWait\(\s+feed: ID!\s+after: String\s+\): shop_AskAndWaitEvent!/,
    )
    expect(type('shop_AskAndWaitEvent')).toContain('data: shop_AskAndWaitEventData')
    expect(type('shop_AskAndWaitEventData')).toBe('type shop_AskAndWaitEventData { approved: Boolean }')
    expect(artifact.operations[0]).toMatchObject({ root: 'Mutation', result: 'feed' })
    expect(artifact.operations).toHaveLength(1)
    expect(diagnostics).toEqual([])
  })

  test('a connector of which nothing is left cannot be compiled', async () => {
    await expect(compiled(connector([]))).rejects.toMatchObject({ code: 'CONNECTOR_QUARANTINED' })
  })
})

describe('inputs and outputs', () => {
  test('inputs require what is declared, outputs promise nothing', () => {
    expect(it.type('tracker_UserInput')).toBe(
      'input tracker_UserInput { name: String! type: String home: tracker_UserHomeInput }',
    )
    expect(it.type('tracker_User')).toBe(
      'type tracker_User { name: String type: String home: tracker_UserHome }',
    )
  })

  test('only what is required falls back to its default; other defaults are told', () => {
    expect(it.type('tracker_CreateIssueInput')).toContain('kind: String! = "bug"')
    expect(it.type('tracker_CreateIssueInput')).toContain('priority: Int assignee')
    expect(it.artifact.sdl).toContain('"Default: `3`"')
  })

  test('an answer’s own members are not asked for, a request’s own not answered', async () => {
    const account = object(
      { id: { ...text, readOnly: true }, secret: { ...text, writeOnly: true }, name: text },
      ['id', 'name'],
    )
    const { type } = await compiled(
      connector([operation('Put', { method: 'PUT', body: body(account), response: account })]),
    )
    expect(type('shop_PutInput')).toBe('input shop_PutInput { secret: String name: String! }')
    expect(type('shop_PutResponse')).toBe('type shop_PutResponse { id: String name: String }')
  })

  test('internal constants of a body are not shown, and a body of nothing else is no argument', async () => {
    const secret = { ...text, visibility: 'internal', default: 'x' } as const
    const { field, type } = await compiled(
      connector([
        operation('A', { method: 'POST', body: body(object({ secret }, ['secret'])) }),
        operation('B', {
          method: 'POST',
          body: body(object({ secret, flag, deep: object({ secret }, ['secret']) }, ['secret'])),
        }),
      ]),
    )
    expect(field('shop_a')).toBe('Mutation.shop_a(connection: ID): Boolean')
    expect(type('shop_BInput')).toBe('input shop_BInput { flag: Boolean }')
  })

  test('a default that does not fit is reported and told, not carried', async () => {
    const { field, artifact, diagnostics } = await compiled(
      connector([
        operation('Get', {
          parameters: [
            parameter('size', { required: true, schema: { ...int, default: 10 ** 18 } }),
            parameter('zero', { required: true, schema: { ...int, default: 0 } }),
          ],
        }),
      ]),
    )
    expect(field('shop_get')).toBe('Query.shop_get(connection: ID, size: Int, zero: Int!): Boolean')
    expect(artifact.sdl).toContain('zero: Int! = 0\n')
    expect(diagnostics).toMatchObject([{ code: 'DEFAULT_DROPPED', operation: 'Get' }])
  })

  test('allowed values and deprecations are told', () => {
    expect(it.artifact.sdl).toContain('"Allowed: `open`, `closed` (Done)"\n  state: String')
    const issue = it.schema.getType('tracker_Issue')
    expect(issue && 'getFields' in issue && issue.getFields().old!.deprecationReason).toBeTruthy()
    const fields = it.schema.getMutationType()!.getFields()
    expect(fields.tracker_issuesDelete!.deprecationReason).toBeTruthy()
    expect(fields.tracker_createIssue!.deprecationReason).toBeUndefined()
  })
})

describe('the whole', () => {
  test('is valid and answers introspection', async () => {
    expect(validateSchema(it.schema)).toEqual([])
    const { errors } = await graphql({
      schema: it.schema,
      source: getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }),
    })
    expect(errors).toBeUndefined()
  })

  test('is data: it survives JSON', () => {
    expect(JSON.parse(JSON.stringify(it.artifact))).toEqual(it.artifact)
  })

  test('is the same each time', async () => {
    expect((await compiled(structuredClone(tracker))).artifact).toEqual(it.artifact)
  })

  test('everything but roots and what every slice has is prefixed', () => {
    const own = it.artifact.sdl.matchAll(/^(?:type|input) (\w+)/gm)
    for (const [, name] of own) expect(name).toMatch(/^tracker_[A-Z]/)
  })
})
