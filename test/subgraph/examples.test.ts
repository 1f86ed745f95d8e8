// The example of each operation: valid against the schema, and worth pasting.
import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { compiled } from './answer.ts'
import { body, connector, list, object, operation, parameter, ref, text } from './definitions/build.ts'
import { tracker } from './definitions/tracker.ts'

test('every example is valid', async () => {
  const { artifact, schema } = await compiled(tracker)
  for (const { example } of artifact.operations) expect(validate(schema, parse(example))).toEqual([])
})

test('asks for what is required, and for leaves', async () => {
  const { operation: of } = await compiled(tracker)
  expect(of('UploadAttachment').example).toBe(
    'mutation ($file: Upload!) {\n  tracker_uploadAttachment(file: $file)\n}',
  )
  expect(of('WhenIssueChanges').example).toBe(
    'subscription {\n  tracker_whenIssueChanges {\n    id\n    cursor\n    time\n    data {\n      id\n      changed {\n        by\n      }\n    }\n  }\n}',
  )
  expect(of('DownloadAttachment').example).toContain('{ contentType size url }')
})

test('an answer without leaves near by is asked for its type', async () => {
  const schemas = { Ring: object({ next: ref('Ring'), all: list(ref('Ring')) }) }
  const { operation: of, schema } = await compiled(
    connector([operation('Get', { response: ref('Ring') })], schemas),
  )
  expect(of('Get').example).toContain('__typename')
  expect(validate(schema, parse(of('Get').example))).toEqual([])
})

test('a body is shown even where it may be left out, a default is not', async () => {
  const { operation: of } = await compiled(
    connector([
      operation('Put', {
        method: 'PUT',
        parameters: [
          parameter('a', { required: true, schema: { ...text, default: 'x' } }),
          parameter('b', { required: true }),
          parameter('c'),
        ],
        body: body(object({ d: text }), { required: false }),
      }),
    ]),
  )
  expect(of('Put').example).toBe(
    'mutation ($b: String!, $input: shop_PutInput) {\n  shop_put(b: $b, input: $input)\n}',
  )
})
