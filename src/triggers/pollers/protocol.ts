// Polling by protocol: the API itself keeps track, and tells by 200, 202, Location and Retry-After (connector-format
// §5.4). What it answers to the first call decides whether that already fires.

import type { Clock } from '../../clock.ts'
import { isJsonObject, type Json } from '../../json.ts'
import type { NewEvent } from '../event-log.ts'
import { fingerprint, itemsAt, jsonBody, retryAfterSeconds } from './answer.ts'
import type { Poller } from './contract.ts'

export function protocolPoller(clock: Clock): Poller {
  return {
    async poll({ trigger, call }, state) {
      const from = locationOf(state)
      const result = await call(from === null ? {} : { url: from })
      const retryAfter = retryAfterSeconds(result, clock.now())
      const told = result.headers.location
      // Without Location the state stays: to start from nothing again would lose what happens in between.
      const next = told === undefined ? from : new URL(told, result.url).href
      const moved = next !== from
      const fired = result.status === 200
      const body = jsonBody(result)
      const items = fired ? itemsAt(body, trigger.role.batch ? trigger.role.itemsPath : []) : []
      const data = trigger.role.batch || items.length === 0 ? items : [body]
      return {
        events: data.map((item, index): NewEvent => ({ key: key(from, moved, item, index), data: item })),
        state: { location: next },
        retryAfterSeconds: retryAfter,
        more: fired && retryAfter === 0,
      }
    },
  } satisfies Poller
}

/**
 * An API that moves its state with every answer names an event by the state and place it came from. One that does not
 * move cannot know what it told before, so equal content is the same event.
 */
function key(from: string | null, moved: boolean, item: Json, index: number): string {
  return moved ? fingerprint(from, index, item) : fingerprint(item)
}

function locationOf(state: Json): string | null {
  return isJsonObject(state) && typeof state.location === 'string' ? state.location : null
}
