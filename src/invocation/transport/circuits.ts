// A circuit for each origin that a connector calls: where most calls come to nothing, the API is left alone for a
// while, and its callers learn so at once. Then one call tries whether it is back. Each connector has its own, so that
// a broken or hostile package cannot close an API to the others.
import QuickLRU from 'quick-lru'
import type { Clock } from '../../clock.ts'
import { isJunctorError, JunctorError } from '../../errors.ts'
import type { WireAnswer } from './wire.ts'

/** Opens when so many of the last `watched` calls failed, and they are half of them. */
const failuresToOpen = 10
const watched = 20
/** Failures that nobody has added to for so long tell nothing of now. */
const forgetMs = 30_000
const pauseMs = 10_000
const mostCircuits = 10_000

interface Circuit {
  /** The last calls, a bit each, the latest one lowest: set where it failed. */
  failed: number
  /** How many calls the bits stand for. */
  calls: number
  lastMs: number
  /** When a call may try again; null while the circuit is closed. */
  opensMs: number | null
  trying: boolean
}

export interface Circuits {
  /** Throws CIRCUIT_OPEN. */
  assertClosed(connector: string, origin: string): void
  /** A call begins; the circuit learns from its end. Throws CIRCUIT_OPEN. */
  enter(connector: string, origin: string): Passage
}

/** A call on its way. One of both is to be called, once. */
export interface Passage {
  answered(answer: WireAnswer): void
  failed(error: unknown): void
}

interface Options {
  readonly clock: Clock
  readonly onOpen: (connector: string) => void
}

export function createCircuits({ clock, onOpen }: Options): Circuits {
  const circuits = new QuickLRU<string, Circuit>({ maxSize: mostCircuits })

  function circuitOf(connector: string, origin: string): Circuit {
    const key = `${connector} ${origin}`
    const known = circuits.get(key)
    if (known) return known
    const circuit: Circuit = { failed: 0, calls: 0, lastMs: 0, opensMs: null, trying: false }
    circuits.set(key, circuit)
    return circuit
  }

  function assertClosed(circuit: Circuit, origin: string): void {
    if (circuit.opensMs === null) return
    const left = circuit.opensMs - clock.now()
    if (left > 0 || circuit.trying) throw open(origin, left)
  }

  function settle(circuit: Circuit, connector: string, verdict: Verdict, tried: boolean): void {
    if (tried) circuit.trying = false
    // What was under way when the circuit opened says nothing new.
    if (verdict === 'unknown' || (circuit.opensMs !== null && !tried)) return
    const now = clock.now()
    if (tried || now - circuit.lastMs > forgetMs) circuit.calls = 0
    const before = circuit.calls === 0 ? 0 : circuit.failed
    circuit.failed = ((before << 1) | (verdict === 'failed' ? 1 : 0)) & ((1 << watched) - 1)
    circuit.calls = Math.min(watched, circuit.calls + 1)
    circuit.lastMs = now
    const failures = bitsOf(circuit.failed)
    const opens = tried ? verdict === 'failed' : failures >= failuresToOpen && failures * 2 >= circuit.calls
    circuit.opensMs = opens ? now + pauseMs : null
    if (opens) onOpen(connector)
  }

  return {
    assertClosed: (connector, origin) => assertClosed(circuitOf(connector, origin), origin),
    enter(connector, origin) {
      const circuit = circuitOf(connector, origin)
      assertClosed(circuit, origin)
      const tries = circuit.opensMs !== null
      if (tries) circuit.trying = true
      const end = (verdict: Verdict) => settle(circuit, connector, verdict, tries)
      return {
        answered: ({ status }) => end(failedStatuses.has(status) ? 'failed' : 'answered'),
        failed: error => end(verdictOf(error)),
      }
    },
  }
}

function bitsOf(number: number): number {
  let count = 0
  for (let rest = number; rest !== 0; rest &= rest - 1) count++
  return count
}

type Verdict = 'failed' | 'answered' | 'unknown'

/** A gateway without the API behind it. A 500 may be about one call only, and throttling is for the rate limits. */
const failedStatuses = new Set([502, 503, 504])

function verdictOf(error: unknown): Verdict {
  if (!isJunctorError(error)) return 'unknown'
  if (error.code === 'UPSTREAM_UNREACHABLE' || error.code === 'UPSTREAM_TIMEOUT') return 'failed'
  return error.code === 'UPSTREAM_INVALID' ? 'answered' : 'unknown'
}

function open(origin: string, leftMs: number): JunctorError {
  const retryAfter = Math.max(1, Math.ceil(leftMs / 1_000))
  return new JunctorError(
    'CIRCUIT_OPEN',
    `${origin} failed too many of the last calls and is left alone for a moment; try again in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}.`,
    { details: { retryAfter } },
  )
}
