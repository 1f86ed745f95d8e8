// Every call held against what the API did to it: a right answer needs a last attempt that was answered, an error one
// that explains it, and a mutation was done once at most.
import type { Told } from './asking.ts'
import type { Done } from './faults.ts'

/** What the API did to each call, attempt by attempt. */
export type Ledger = ReadonlyMap<string, readonly Done[]>

interface Rule {
  /** What the last attempt may have come to. Null: anything, or nothing was asked of the API. */
  readonly after: readonly Done[] | null
  readonly meaning: string
}

/** Every error that a caller may get here, and why. By code, with the status where the API gave one. */
export const explained: Readonly<Record<string, Rule>> = {
  'UPSTREAM_ERROR 500': { after: ['failed'], meaning: 'the API failed, which the hub does not repeat' },
  'UPSTREAM_ERROR 503': {
    after: ['unavailable'],
    meaning: 'the API was busy; queries were repeated, in vain',
  },
  'UPSTREAM_ERROR 429': {
    after: ['throttled', 'throttled-long'],
    meaning: 'the API asked to come later, more often or for longer than a caller waits',
  },
  UPSTREAM_UNREACHABLE: {
    after: ['reset', 'cut'],
    meaning: 'the connection broke; queries were repeated, in vain',
  },
  UPSTREAM_INVALID: { after: ['truncated'], meaning: 'half of the JSON came' },
  UPSTREAM_TIMEOUT: { after: ['hung'], meaning: 'nothing came for 30 seconds' },
  CIRCUIT_OPEN: {
    after: null,
    meaning: 'half of the last 20 calls failed, and the API is left alone for a moment',
  },
  RATE_LIMITED: {
    after: null,
    meaning: 'the connection or the connector is called more often than the hub does',
  },
}

const rightAfter: ReadonlySet<Done> = new Set(['answered', 'dripped'])
/** What says that the API has done nothing. */
const notDone: ReadonlySet<Done> = new Set(['throttled', 'throttled-long'])
const mostAttempts = 3

export const keyOf = ({ code, status }: Told) => (status === null ? code : `${code} ${status}`)

/** What is wrong, in sentences; empty where everything is as it should be. */
export function judge(all: readonly Told[], ledger: Ledger): string[] {
  const known = new Set(all.map(({ call }) => call))
  const strange = [...ledger.keys()].filter(call => !known.has(call))
  return [
    ...all.flatMap(told => faultsOf(told, ledger.get(told.call) ?? []).map(what => `${told.call}: ${what}`)),
    ...strange.map(call => `${call}: the API was asked for what nobody asked the hub for.`),
  ]
}

function faultsOf(told: Told, attempts: readonly Done[]): string[] {
  const faults: string[] = []
  const last = attempts.at(-1)
  const story = `after ${attempts.join(', ') || 'no request'}`
  if (attempts.length > mostAttempts) faults.push(`it was sent ${attempts.length} times, ${story}.`)
  if (told.mutation && attempts.slice(0, -1).some(done => !notDone.has(done)))
    faults.push(`a mutation was sent again, ${story}.`)
  if (told.outcome === 'wrong') faults.push(`a wrong answer, ${story}: ${told.text}`)
  if (told.outcome === 'right' && (last === undefined || !rightAfter.has(last)))
    faults.push(`an answer that the API did not give, ${story}.`)
  if (told.outcome === 'error') {
    const rule = explained[keyOf(told)]
    if (!rule) faults.push(`an error that nothing explains, ${story}: ${keyOf(told)}, ${told.text}`)
    else if (rule.after && (last === undefined || !rule.after.includes(last)))
      faults.push(`${keyOf(told)} ${story}: ${told.text}`)
    if (told.text === '') faults.push(`${keyOf(told)} says nothing.`)
  }
  return faults
}
