// Polling by policy: the API is an ordinary list, newest first; the hub computes from each answer the query parameters
// of the next (the pollingtrigger template, connector-format §5.3).
import type { Clock } from '../../clock.ts'
import type { InvocationResult } from '../../invocation/index.ts'
import type { Json } from '../../json.ts'
import type { NewEvent } from '../log/index.ts'
import { retryAfterSeconds } from './answer.ts'
import type { PollContext, Poller, PollResult } from './contract.ts'
import { chosenAtStart, isEnough } from './first-poll.ts'
import { moved } from './item-times.ts'
import { type Identity, identityBy, newOnes } from './new-items.ts'
import { followed, type PagesRead, pageLimit, readPages } from './pages.ts'
import {
  configOf,
  evaluated,
  isFiltered,
  type PolicyConfig,
  stateMembers,
  typedQuery,
} from './policy-config.ts'
import {
  type Descent,
  noDescent,
  type PolicyState,
  readState,
  remembered,
  stateJson,
} from './policy-state.ts'
import { conditional, isUnchanged, validatorOf } from './validator.ts'

export function policyPoller(clock: Clock): Poller {
  return {
    async poll(context, stored) {
      const config = configOf(context.trigger)
      const list: List = { context, config, identity: identityBy(stateMembers(config)), clock }
      const state = readState(stored)
      if (state === null) return firstPoll(list)
      const link = state.descent?.links.at(-1)
      return link === undefined ? pollTop(list, state) : pollStretch(list, state, link)
    },
  } satisfies Poller
}

interface List {
  readonly context: PollContext
  readonly config: PolicyConfig
  readonly identity: Identity
  readonly clock: Clock
}

const nothingYet: PolicyState = { parameters: {}, seen: [], marks: {} }

async function firstPoll(list: List): Promise<PollResult> {
  const { context, config } = list
  const { start } = context
  const call = { query: {} }
  const answer = await context.call(call)
  const read = await readPages(context, config, answer, (_page, all) => isEnough(all, start))
  return toldAtTop(list, nothingYet, { call, answer, read }, chosenAtStart(read.items, start))
}

/** From the newest on. */
async function pollTop(list: List, state: PolicyState): Promise<PollResult> {
  const { context, config, clock } = list
  const call = { query: typedQuery(context.trigger, state.parameters) }
  const answer = await context.call(conditional(context, call, state.validator))
  if (isUnchanged(answer))
    return {
      events: [],
      state: stateJson(state),
      retryAfterSeconds: retryAfterSeconds(answer, clock.now()),
      more: false,
      status: answer.status,
    }
  const read = await readPages(context, config, answer, untilKnown(list, state), limitOf(state))
  const { descent = noDescent } = state
  if (read.next !== null && !descent.floor) return deeper(state, descent, read.next, read)
  return toldAtTop(list, state, { call, answer, read }, newOf(list, state, read))
}

/** A stretch of pages below the newest ones. */
async function pollStretch(list: List, state: PolicyState, link: string): Promise<PollResult> {
  const { context, config } = list
  const { descent = noDescent } = state
  const above = { ...descent, links: descent.links.slice(0, -1) }
  const answer = await followed(context, link)
  // It has expired and is found anew from the top; what expires at once cannot be found.
  if (answer === null)
    return pollTop(list, {
      ...state,
      descent: { ...noDescent, refusals: descent.refusals + 1, floor: descent.refusals > 0 },
    })
  const read = await readPages(context, config, answer, untilKnown(list, state), limitOf(state))
  if (read.next !== null && !descent.floor) return deeper(state, descent, read.next, read)
  const prints = read.items.map(list.identity)
  return {
    events: told(list, newOf(list, state, read)),
    state: stateJson({
      ...state,
      seen: remembered(prints, state.seen),
      descent: { ...above, rising: true, floor: false },
    }),
    retryAfterSeconds: null,
    more: true,
    status: read.status,
  }
}

/** Nothing is told yet, and nothing moved: there is more below. */
function deeper(
  state: PolicyState,
  { links, refusals }: Descent,
  next: string,
  { status }: PagesRead,
): PollResult {
  const descent = { ...noDescent, links: [...links, next], refusals }
  return { events: [], state: stateJson({ ...state, descent }), retryAfterSeconds: null, more: true, status }
}

function limitOf({ descent }: PolicyState): number {
  return descent?.rising ? 2 * pageLimit : pageLimit
}

interface TopRead {
  readonly call: { readonly query: Readonly<Record<string, Json>> }
  readonly answer: InvocationResult
  readonly read: PagesRead
}

/** The newest pages are read to where they meet what was known: told, and the state moves on. */
function toldAtTop(
  list: List,
  state: PolicyState,
  { call, answer, read }: TopRead,
  items: readonly Json[],
): PollResult {
  const { config, clock, identity } = list
  const now = clock.now()
  const { parameters, seen, marks } = state
  return {
    events: told(list, items),
    state: stateJson({
      parameters: read.items.length > 0 ? evaluated(config, read.body, parameters) : parameters,
      seen: remembered(read.items.map(identity), seen),
      marks: moved(marks, read.items, now),
      ...validatorOf(call, answer),
    }),
    retryAfterSeconds: retryAfterSeconds(answer, now),
    more: false,
    status: read.status,
  }
}

function untilKnown({ identity }: List, { seen }: PolicyState): (page: readonly Json[]) => boolean {
  const known = new Set(seen)
  return page => page.some(item => known.has(identity(item)))
}

function newOf({ config, identity }: List, state: PolicyState, { items }: PagesRead): readonly Json[] {
  const filtered = isFiltered(config, state.parameters)
  return newOnes(items, identity, { known: new Set(state.seen), marks: state.marks, filtered })
}

/** Oldest first. */
function told({ identity }: List, items: readonly Json[]): readonly NewEvent[] {
  return items.toReversed().map(item => ({ key: identity(item), data: item }))
}
