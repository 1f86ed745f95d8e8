// A connector with one of everything: what most tests look at.
import type { ConnectorDefinition } from '../../../src/definition/index.ts'
import {
  anything,
  body,
  connector,
  flag,
  int,
  list,
  long,
  object,
  operation,
  parameter,
  polling,
  ref,
  text,
  webhook,
} from './build.ts'

export const tracker: ConnectorDefinition = connector(
  [
    operation('ListIssues', {
      summary: 'List issues',
      description: 'Issues of a project,\nnewest first.',
      parameters: [
        parameter('project', { in: 'path', required: true }),
        parameter('$filter'),
        parameter('state', {
          required: true,
          schema: {
            type: 'string',
            enum: [{ value: 'open', title: 'Open' }, { value: 'all' }],
            default: 'open',
          },
        }),
        parameter('page size', { schema: { ...int, default: 20 } }),
        parameter('Accept', { in: 'header', constant: 'application/json' }),
        parameter('X-Trace', { in: 'header', schema: { ...text, deprecated: true } }),
        parameter('labels', { schema: list(text) }),
      ],
      response: object({ value: list(ref('issue')), '@odata.count': long }),
      nextLink: '@odata.nextLink',
    }),
    operation('create_issue', {
      method: 'POST',
      contentType: 'application/json',
      body: body(
        object(
          {
            title: text,
            'due-date': { type: 'string', format: 'date-time' },
            priority: { ...int, default: 3 },
            assignee: ref('user'),
            fields: object({}),
            kind: { type: 'string', default: 'bug' },
          },
          ['title', 'kind'],
        ),
      ),
      response: ref('issue'),
    }),
    operation('issues/delete', {
      method: 'DELETE',
      deprecated: true,
      parameters: [parameter('id', { in: 'path', required: true, schema: long })],
    }),
    operation('DownloadAttachment', {
      parameters: [parameter('id', { in: 'path', required: true })],
      response: { type: 'string', format: 'binary' },
    }),
    operation('UploadAttachment', {
      method: 'POST',
      parameters: [
        parameter('file', { in: 'form', required: true, schema: { type: 'string', format: 'binary' } }),
      ],
      response: anything,
    }),
    operation('OnIssueCreated', {
      method: 'POST',
      role: webhook,
      summary: 'When an issue is created',
      hint: 'Create an issue.',
      parameters: [parameter('project', { in: 'path', required: true })],
      body: body(object({ url: { type: 'string', notificationUrl: true } }, ['url'])),
      event: ref('issue'),
    }),
    operation('OnComment', {
      method: 'POST',
      role: webhook,
      body: body(
        object({ hook: object({ url: { type: 'string', notificationUrl: true } }), mentions: flag }),
      ),
    }),
    operation('WhenIssueChanges', {
      role: polling,
      response: object({ value: list(object({ id: long })) }),
      event: object({ id: long, changed: object({ by: text }) }),
    }),
  ],
  {
    issue: object({
      id: { ...long, description: 'Never reused.' },
      title: text,
      score: { type: 'number' },
      open: flag,
      created: { type: 'string', format: 'date-time' },
      state: { type: 'string', enum: [{ value: 'open' }, { value: 'closed', title: 'Done' }] },
      parent: ref('issue'),
      author: ref('user'),
      extra: anything,
      links: object({}, [], text),
      'first-seen': text,
      old: { ...text, deprecated: true },
    }),
    user: object({ name: text, '@type': text, home: object({ city: text }) }, ['name']),
  },
  { name: 'tracker' },
)
