// A webhook action (call, then wait for one callback) has its typed field, and says that it is not run yet.
import { expect, test } from 'vitest'
import { signUp } from '../../harness/client.ts'
import { startHub } from '../../harness/hub.ts'

const document = JSON.stringify({
  swagger: '2.0',
  info: { title: 'Approvals', version: '1' },
  host: 'approvals.invalid',
  paths: {
    '/approvals': {
      'x-ms-notification-content': {
        schema: { type: 'object', properties: { approved: { type: 'boolean' } } },
      },
      post: {
        operationId: 'AskAndWait',
        parameters: [
          {
            name: 'body',
            in: 'body',
            required: true,
            schema: {
              type: 'object',
              required: ['question', 'callbackUrl'],
              properties: {
                question: { type: 'string' },
                callbackUrl: {
                  type: 'string',
                  'x-ms-notification-url': true,
                  'x-ms-visibility': 'internal',
                },
              },
            },
          },
        ],
        responses: { 202: { description: 'asked' } },
      },
    },
  },
})

interface Imported {
  readonly importConnector: {
    readonly connector: {
      readonly status: string
      readonly operations: {
        readonly nodes: readonly {
          readonly field: string
          readonly kind: string
          readonly trigger: string | null
        }[]
      }
    }
  }
}

test('it is a mutation of what the callback brings, and its call is refused in a sentence', async () => {
  await using hub = await startHub()
  const client = await signUp(hub.url)
  const { importConnector } = await client.query<Imported>(
    `mutation ($document: String!) {
      importConnector(input: { name: "approvals", document: $document }) {
        connector { status operations { nodes { field kind trigger } } }
      }
    }`,
    { document },
  )
  expect(importConnector.connector).toMatchObject({
    status: 'READY',
    operations: { nodes: [{ field: 'approvals_askAndWait', kind: 'ACTION', trigger: null }] },
  })
  const { errors } = await client.answer(
    'mutation { approvals_askAndWait(input: { question: "May I?" }) { approved } }',
  )
  expect(errors).toMatchObject([
    {
      message: expect.stringContaining('waits for one callback'),
      extensions: { code: 'OPERATION_UNSUPPORTED', connector: 'approvals' },
    },
  ])
})
