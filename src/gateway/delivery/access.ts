// Who may still read a feed. Asked by many at once and answered by one query for each connection.
import { JunctorError } from '../../errors.ts'
import type { Actor } from '../../identity/index.ts'
import type { Binding } from '../../triggers/index.ts'
import { signInFirst } from '../context.ts'
import type { Services } from '../services.ts'

/** A session or an API key, however many subscriptions it has. */
export interface Person {
  readonly key: string
  /** Null when the session has ended. */
  readonly actorNow: () => Promise<Actor | null>
}

export type Looked = { readonly actor: Actor } | { readonly refusal: JunctorError }

export type Place = Pick<Binding, 'connectionId' | 'organizationId' | 'field'>

export interface Access {
  /**
   * The answers, in order, are not older than the question: what changed before it counts. Rejects where it cannot be
   * found out.
   */
  look(place: Place, people: readonly Person[]): Promise<readonly Looked[]>
  /** Asks again and again where it cannot be found out, until the signal aborts: then there are no answers. */
  wait(place: Place, people: readonly Person[], signal: AbortSignal): Promise<readonly Looked[]>
}

/** Milliseconds before it is asked again. */
const retryDelay = 500

interface Asked {
  readonly place: Place
  readonly person: Person
  readonly answer: PromiseWithResolvers<Looked>
}

export interface AccessOptions extends Pick<Services, 'clock' | 'logger'> {
  readonly connections: Pick<Services['connections'], 'readersOf'>
}

export function createAccess({ connections, clock, logger }: AccessOptions): Access {
  /** By connection and person; asked and not yet looked up. */
  let waiting = new Map<string, Asked>()

  function answerAll(): void {
    const asked = [...waiting.values()]
    waiting = new Map()
    for (const group of Map.groupBy(asked, ({ place }) => place.connectionId).values()) void answer(group)
  }

  async function answer(group: readonly Asked[]): Promise<void> {
    try {
      const actors = await Promise.all(group.map(({ person }) => now(person)))
      const connectionId = group[0]?.place.connectionId ?? null
      const present = actors.flatMap(found => ('actor' in found ? [found.actor] : []))
      const readers = connectionId === null ? null : await connections.readersOf(connectionId, present)
      for (const [index, { place, answer }] of group.entries()) {
        const found = actors[index]
        if (found) answer.resolve('actor' in found ? verdict(found.actor, place, readers) : found)
      }
    } catch (error) {
      for (const { answer } of group) answer.reject(error)
    }
  }

  function ask(place: Place, person: Person): Promise<Looked> {
    const key = `${place.connectionId ?? place.organizationId} ${person.key}`
    const known = waiting.get(key)
    if (known) return known.answer.promise
    if (waiting.size === 0) setImmediate(answerAll)
    const answer = Promise.withResolvers<Looked>()
    waiting.set(key, { place, person, answer })
    return answer.promise
  }

  const look: Access['look'] = (place, people) => Promise.all(people.map(person => ask(place, person)))

  return {
    look,
    async wait(place, people, signal) {
      while (!signal.aborted) {
        try {
          return await look(place, people)
        } catch (error) {
          logger.warn({ error }, 'Whether a stream may go on could not be found out; it is tried again.')
          await new Promise<void>(resolve => clock.after(retryDelay, resolve))
        }
      }
      return []
    },
  }
}

async function now(person: Person): Promise<Looked> {
  const actor = await person.actorNow()
  return actor ? { actor } : { refusal: signInFirst() }
}

/** `readers`: those who may read the feed's connection; null where it has none. */
function verdict(
  actor: Actor,
  { connectionId, organizationId, field }: Place,
  readers: ReadonlySet<Actor> | null,
): Looked {
  const allowed = readers ? readers.has(actor) : actor.organizationIds.includes(organizationId)
  if (allowed) return { actor }
  return {
    refusal: readers
      ? new JunctorError('CONNECTION_NOT_FOUND', `There is no connection "${connectionId}" that you may use.`)
      : new JunctorError(
          'FORBIDDEN',
          `This feed of ${field} belongs to an organization that you are not a member of.`,
        ),
  }
}
