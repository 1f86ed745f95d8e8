// The operations of apiDefinition.swagger.json: which request means which work, and how its answer looks.
import { z } from 'zod'
import { parseJson, printJson } from '../../src/json.ts'
import { tableOf } from './columns.ts'
import type { Database } from './engine.ts'
import { badRequest, SqlProblem } from './problem.ts'
import { readRowKey } from './row-address.ts'
import { rowSchema } from './row-schema.ts'
import { deleteRow, getRow, insertRow, listRows, rowValues, updateRow } from './rows.ts'
import { triggerColumn } from './trigger-column.ts'
import { printTriggerState, readTriggerState, type TriggerState } from './trigger-state.ts'
import { poll, present } from './triggers.ts'

const mostRows = 5_000
/** Below what the hub reads of an answer, 10 MiB. */
const mostBytes = 8 * 1024 * 1024
const pollSeconds = 5

interface Call {
  readonly database: Database
  readonly request: Request
  readonly url: URL
  /** What the path's `*` stand for, decoded. */
  readonly parts: readonly string[]
}

interface Route {
  readonly method: string
  /** Segments; `*` is any one. */
  readonly path: string
  readonly answer: (call: Call) => Promise<Response>
}

/** Finds and does the work. Throws SqlProblem, and what drivers throw. */
export async function answer(database: Database, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const segments = url.pathname.split('/').slice(1)
  const fitting = routes.filter(route => fits(route.path.split('/').slice(1), segments))
  const route = fitting.find(({ method }) => method === request.method)
  if (!route) {
    const status = fitting.length > 0 ? 405 : 404
    throw new SqlProblem(
      status,
      'OperationNotFound',
      `There is no operation ${request.method} ${url.pathname}.`,
    )
  }
  const pattern = route.path.split('/').slice(1)
  const parts = segments.filter((_segment, index) => pattern[index] === '*').map(decoded)
  return route.answer({ database, request, url, parts })
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => part === '*' || part === segments[index])
  )
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw badRequest(`The path part "${segment}" is not percent-encoded.`)
  }
}

function json(value: unknown, init: ResponseInit = {}): Response {
  return new Response(printJson(value), {
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  })
}

const listQuery = z.object({
  filter: z.string().optional(),
  order: z.string().optional(),
  select: z.string().optional(),
  top: z.coerce.number().int().min(1).max(mostRows).default(100),
  skip: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
})

const queryBody = z.strictObject({
  query: z.string().min(1),
  parameters: z
    .array(z.union([z.string(), z.number(), z.bigint(), z.boolean(), z.null()]))
    .max(1_000)
    .default([]),
})

const routes: readonly Route[] = [
  { method: 'GET', path: '/tables', answer: listTables },
  { method: 'GET', path: '/tables/*/schema', answer: getTableSchema },
  { method: 'GET', path: '/tables/*/rows', answer: listRowsOf },
  { method: 'POST', path: '/tables/*/rows', answer: insertRowInto },
  { method: 'GET', path: '/tables/*/rows/*', answer: getRowOf },
  { method: 'PATCH', path: '/tables/*/rows/*', answer: updateRowOf },
  { method: 'DELETE', path: '/tables/*/rows/*', answer: deleteRowOf },
  { method: 'POST', path: '/query', answer: runQuery },
  { method: 'GET', path: '/triggers/*/new', answer: call => follow('new', call) },
  { method: 'GET', path: '/triggers/*/updated', answer: call => follow('updated', call) },
]

async function listTables({ database }: Call): Promise<Response> {
  return json({ value: await database.tables() })
}

async function getTableSchema({ database, parts: [name = ''] }: Call): Promise<Response> {
  return json({ schema: rowSchema(await tableOf(database, name)) })
}

async function listRowsOf({ database, url, parts: [name = ''] }: Call): Promise<Response> {
  const options = parsed(listQuery, givenQuery(url))
  const { filter, order, select, top, skip } = options
  const { rows, more } = await listRows(database, await tableOf(database, name), {
    ...(filter ? { filter } : {}),
    ...(order ? { order } : {}),
    ...(select ? { select } : {}),
    most: { rows: top, bytes: mostBytes },
    skip,
  })
  if (!more) return json({ value: rows })
  const next = new URLSearchParams(url.searchParams)
  next.set('skip', String(skip + rows.length))
  return json({ value: rows, nextLink: `${url.pathname}?${next}` })
}

async function insertRowInto({ database, request, parts: [name = ''] }: Call): Promise<Response> {
  const table = await tableOf(database, name)
  return json(await insertRow(database, table, rowValues(await body(request))), { status: 201 })
}

async function getRowOf({ database, parts: [name = '', id = ''] }: Call): Promise<Response> {
  const table = await tableOf(database, name)
  return json(await getRow(database, table, readRowKey(table, id)))
}

async function updateRowOf({ database, request, parts: [name = '', id = ''] }: Call): Promise<Response> {
  const table = await tableOf(database, name)
  const values = rowValues(await body(request))
  return json(await updateRow(database, table, readRowKey(table, id), values))
}

async function deleteRowOf({ database, parts: [name = '', id = ''] }: Call): Promise<Response> {
  const table = await tableOf(database, name)
  await deleteRow(database, table, readRowKey(table, id))
  return new Response(null, { status: 204 })
}

async function runQuery({ database, request }: Call): Promise<Response> {
  const { query, parameters } = parsed(queryBody, await body(request))
  const { rows, affectedRows, truncated } = await database.run(query, parameters, {
    rows: mostRows,
    bytes: mostBytes,
  })
  return json({ value: rows, affectedRows, truncated })
}

/** Both triggers, by the polling protocol: 202 and where to go on, or 200 with rows (connector-format §5.4). */
async function follow(
  trigger: TriggerState['trigger'],
  { database, url, parts: [name = ''] }: Call,
): Promise<Response> {
  const table = await tableOf(database, name)
  const column = triggerColumn(trigger, table, url.searchParams.get('column') ?? undefined)
  const given = url.searchParams.get('triggerState')
  const headers = (state: TriggerState, seconds: number) => ({
    location: `${url.pathname}?${new URLSearchParams({ column: column.name, triggerState: printTriggerState(state) })}`,
    'retry-after': String(seconds),
  })
  if (!given) {
    const state = await present(trigger, database, table, column)
    return json({ value: [] }, { status: 202, headers: headers(state, pollSeconds) })
  }
  const before = readTriggerState(given, { trigger, table: table.name, column: column.name })
  const { rows, state, more } = await poll(before, database, table, column)
  return json(
    { value: rows },
    { status: rows.length > 0 ? 200 : 202, headers: headers(state, more ? 0 : pollSeconds) },
  )
}

/** Query parameters that were given; an empty one is as good as none. */
function givenQuery(url: URL): Record<string, string> {
  return Object.fromEntries([...url.searchParams].filter(([, value]) => value !== ''))
}

async function body(request: Request) {
  const text = await request.text()
  try {
    return parseJson(text)
  } catch {
    throw badRequest('The body is not JSON.')
  }
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const sentences = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'The body'}: ${message}.`,
  )
  throw badRequest(sentences.join(' '))
}
