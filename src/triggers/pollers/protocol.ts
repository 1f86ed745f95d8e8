// Polling by protocol: the API itself keeps track, and tells by 200, 202, Location and Retry-After (connector-format
// §5.4). One that does not move its state with its answers is a list to the hub, whose items are told once.
import type { Clock } from '../../clock.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json.ts'
import type { FeedStart } from '../feeds/index.ts'
import type { NewEvent } from '../log/index.ts'
import { fingerprint, itemsAt, jsonBody, retryAfterSeconds } from './answer.ts'
import type { PollContext, Poller } from './contract.ts'
import { chosenAtStart } from './first-poll.ts'
import { newestFirst } from './item-times.ts'
import { remembered } from './policy-state.ts'
import { conditional, isUnchanged, validatorOf } from './validator.ts'

export function protocolPoller(clock: Clock): Poller {
  return {
    async poll(context, stored) {
      const state = readState(stored)
      const from = state?.location ?? null
      const asked = from === null ? {} : { url: from }
      const result = await context.call(conditional(context, asked, state?.validator))
      const retryAfter = retryAfterSeconds(result, clock.now())
      const told = result.headers.location
      // Without Location the state stays: to start from nothing again would lose what happens in between.
      const location = told === undefined ? from : new URL(told, result.url).href
      const fired = result.status === 200
      const items = fired ? itemsOf(context, jsonBody(result)) : []
      const moved = location !== from
      // An API that moves its state names an event by the state and the place that it came from.
      const events = items.map((data, index) => ({
        key: moved ? fingerprint(from, index, data) : fingerprint(data),
        data,
      }))
      const before = state?.seen ?? []
      return {
        events: state ? notSeen(events, moved ? [] : before) : startingWith(events, context.start),
        state: {
          location,
          // What does not move may answer the same for ever, and longer than the log keeps what it told.
          seen: [
            ...(moved || !fired
              ? before
              : remembered(
                  events.map(({ key }) => key),
                  before,
                )),
          ],
          ...(isUnchanged(result) ? kept(state) : validatorOf(asked, result)),
        },
        retryAfterSeconds: retryAfter,
        more: fired && retryAfter === 0,
        status: result.status,
      }
    },
  } satisfies Poller
}

/** In the order in which the API gives them. */
function itemsOf({ trigger: { role } }: PollContext, body: Json): readonly Json[] {
  const items = itemsAt(body, role.batch ? role.itemsPath : [])
  return role.batch || items.length === 0 ? items : [body]
}

function notSeen(events: readonly NewEvent[], seen: readonly string[]): readonly NewEvent[] {
  const known = new Set(seen)
  return events.filter(({ key }) => !known.has(key))
}

/** An API that tells of what is already there when it is asked first would be told to nobody who wants only what is new. */
function startingWith(events: readonly NewEvent[], start: FeedStart): readonly NewEvent[] {
  const chosen = new Set(chosenAtStart(newestFirst(events.map(({ data }) => data)), start))
  return events.filter(({ data }) => chosen.has(data))
}

interface ProtocolState {
  readonly location: string | null
  /** Of an API that does not move its state: what it told (policy-state.ts). */
  readonly seen: readonly string[]
  readonly validator: JsonObject | null
}

function kept(state: ProtocolState | null): JsonObject {
  return state?.validator ? { validator: state.validator } : {}
}

function readState(state: Json): ProtocolState | null {
  if (!isJsonObject(state)) return null
  const { location, seen, validator } = state
  return {
    location: typeof location === 'string' ? location : null,
    seen: Array.isArray(seen) ? seen.map(String) : [],
    validator: isJsonObject(validator) ? validator : null,
  }
}
