// The callers, in a process of their own: each asks again when it is answered, until the time is over.
import { json } from 'node:stream/consumers'
import { Agent } from 'undici'
import { z } from 'zod'
import { seeded } from '../conformance/calls/seeded.ts'
import { type Plan, plan, type Told } from './asking.ts'
import { keyPrefix } from './ledger-api.ts'

/** One in so many requests is given up by its caller before it is answered. */
const impatient = 50
/** Root fields of a query that asks for several. */
const several = 4

const given = plan.parse(await json(process.stdin))
const all: Told[] = []
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 })
const end = performance.now() + given.seconds * 1000
/** Nobody waits longer than this. */
const last = end + given.patience * 1000

const answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).optional(),
        extensions: z.looseObject({ code: z.string(), http: z.object({ status: z.number() }).optional() }),
      }),
    )
    .optional(),
})

interface Field {
  readonly alias: string
  readonly call: string
  readonly number: string
  readonly account: Plan['people'][number]['accounts'][number]
}

async function caller(index: number): Promise<void> {
  const chance = seeded(`${given.seed} caller ${index}`)
  const person = given.people[index % given.people.length]
  for (let turn = 0; performance.now() < end && person; turn++) {
    const mutation = chance.below(3) === 0
    const count = !mutation && chance.below(5) === 0 ? several : 1
    const fields = Array.from({ length: count }, (_, place) => ({
      alias: `f${place}`,
      call: `c${index}/${turn}.${place} ü&?`,
      number: String(2n ** 60n + BigInt(index * 1_000_000 + turn * 10 + place)),
      account: chance.pick(person.accounts),
    }))
    const left = last - performance.now()
    const patience = chance.below(impatient) === 0 ? Math.min(left, chance.below(1_500)) : left
    all.push(...(await ask(fields, mutation, person.headers, patience)))
    if (given.pause > 0) await new Promise(resolve => setTimeout(resolve, chance.below(given.pause * 2)))
  }
}

async function ask(
  fields: readonly Field[],
  mutation: boolean,
  headers: Readonly<Record<string, string>>,
  patience: number,
): Promise<readonly Told[]> {
  const started = performance.now()
  const leave = new AbortController()
  const timer = setTimeout(() => leave.abort(), patience)
  const outcome = await post(requestOf(fields, mutation), headers, leave.signal)
  clearTimeout(timer)
  const milliseconds = performance.now() - started
  return fields.map(field => ({ call: field.call, mutation, milliseconds, ...judged(field, outcome) }))
}

/** The same document for the same number of fields, as programs send it: what differs is in the variables. */
function requestOf(fields: readonly Field[], mutation: boolean) {
  const root = ({ alias }: Field) => {
    const named = `call: $call_${alias}, number: $number_${alias}`
    const field = mutation ? `ledger_addEntry(input: { ${named} }` : `ledger_getEntry(${named}`
    return `${alias}: ${field}, connection: $connection_${alias}) { call number account }`
  }
  const declared = ({ alias }: Field) =>
    `$call_${alias}: String!, $number_${alias}: BigInt!, $connection_${alias}: ID!`
  return {
    query: `${mutation ? 'mutation' : 'query'} (${fields.map(declared).join(', ')}) { ${fields.map(root).join(' ')} }`,
    variables: Object.fromEntries(
      fields.flatMap(({ alias, call, number, account }) => [
        [`call_${alias}`, call],
        [`number_${alias}`, number],
        [`connection_${alias}`, account.connection],
      ]),
    ),
  }
}

type Outcome = { readonly text: string } | { readonly left: true } | { readonly broken: string }

async function post(
  request: ReturnType<typeof requestOf>,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const { body } = await agent.request({
      origin: given.url,
      path: '/graphql',
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal,
    })
    return { text: await body.text() }
  } catch (error) {
    return signal.aborted ? { left: true } : { broken: String(error) }
  }
}

function judged(field: Field, outcome: Outcome): Pick<Told, 'outcome' | 'code' | 'status' | 'text'> {
  const nothing = { code: '', status: null, text: '' }
  if ('left' in outcome) return { outcome: 'left', ...nothing }
  if ('broken' in outcome) return { outcome: 'wrong', ...nothing, text: `no answer: ${outcome.broken}` }
  const { text } = outcome
  const wrong = { outcome: 'wrong', ...nothing, text: text.slice(0, 1_000) } as const
  // The API repeats no credential; where one stands in an answer, the hub has put it there.
  if (text.includes(keyPrefix)) return wrong
  const read = answer.safeParse(parsed(text))
  if (!read.success) return wrong
  const error = read.data.errors?.find(each => each.path?.[0] === field.alias || !each.path)
  if (error) {
    const { code, http } = error.extensions
    return { outcome: 'error', code, status: http?.status ?? null, text: error.message }
  }
  const { call, number, account } = field
  const right = `"${field.alias}":${JSON.stringify({ call, number, account: account.account })}`
  return text.includes(right) || text.includes(right.replace(`"${number}"`, number))
    ? { outcome: 'right', ...nothing }
    : wrong
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

await Promise.all(Array.from({ length: given.callers }, (_, index) => caller(index)))
await agent.close()
process.stdout.write(JSON.stringify(all))
