// What the three kinds of life have in common: how a trigger is subscribed to, and what every request must be.
import type { Json } from '../../../src/json.ts'
import type { Artifact, CompiledOperation } from '../../../src/subgraph/index.ts'
import { checkRequest } from '../calls/check-request.ts'
import type { Fault } from '../calls/compare.ts'
import type { KnownConnection } from '../calls/connection-values.ts'
import type { DeclaredOperation } from '../calls/declared-operation.ts'
import { drawValue, valuesOfAll } from '../calls/draw-value.ts'
import type { Extent } from '../calls/faults.ts'
import type { ServedConnector } from '../calls/graph.ts'
import { graphqlCall } from '../calls/graphql-call.ts'
import type { PackageText } from '../calls/package-text.ts'
import { isSideCalling, policiesOf, rewritesBody, sideAnswer } from '../calls/policies-as-written.ts'
import type { ReceivedRequest } from '../calls/received-request.ts'
import type { SchemaJudge } from '../calls/schema-check.ts'
import { seeded } from '../calls/seeded.ts'
import type { LaidOutAnswer, StandIn } from '../calls/upstream.ts'
import type { DrawnArguments, WantedRequest } from '../calls/wanted-request.ts'
import { createSubscriber, type Subscriber } from './subscriber.ts'
import type { FeedRow, World } from './world.ts'

/** One trigger, about to be driven through its life. */
export interface Drive {
  readonly connector: string
  readonly text: PackageText
  readonly artifact: Artifact
  readonly operation: CompiledOperation
  readonly declared: DeclaredOperation
  readonly extent: Extent
  readonly connection: KnownConnection
  readonly drawn: DrawnArguments
  readonly served: ServedConnector
  readonly judge: SchemaJudge
  readonly standIn: StandIn
  readonly world: World
}

export type Begun =
  | { readonly subscriber: Subscriber; readonly feed: FeedRow; readonly faults: readonly Fault[] }
  | { readonly subscriber: null; readonly faults: readonly Fault[] }

/** Subscribes with the drawn arguments while the provider answers so. */
export async function begin(drive: Drive, answer: LaidOutAnswer): Promise<Begun> {
  const { operation, served, world } = drive
  prepare(drive, answer)
  const made = graphqlCall(served.slice.schema, drive.artifact, operation, drive.declared, drive.drawn)
  const notOffered = made.notOffered.map(detail => ({ kind: 'not offered', detail }))
  const opened = await served.subscribe(made.text, made.variables)
  if (!(Symbol.asyncIterator in opened)) {
    const [error] = opened.errors
    return {
      subscriber: null,
      faults: [...notOffered, { kind: `refused: ${error?.code}`, detail: `${error?.message}` }],
    }
  }
  const feed = await world.feedOf(operation.field)
  return {
    subscriber: createSubscriber(operation.field, made.selection, opened),
    feed,
    faults: [...notOffered, ...standing(feed)],
  }
}

/** What a feed says of itself when it is not well. */
export function standing(feed: FeedRow): readonly Fault[] {
  return feed.status === 'ACTIVE' ? [] : [{ kind: feed.status, detail: `${feed.statusReason}` }]
}

/** What the provider answers from now on; a call that a policy makes first gets what it looks for. */
export function prepare({ text, declared, standIn }: Drive, answer: LaidOutAnswer): void {
  const policies = policiesOf(text.properties, declared.id)
  const side = { status: 200, contentType: 'application/json', body: JSON.stringify(sideAnswer(policies)) }
  standIn.prepare(isSideCalling(policies) ? [side, answer] : [answer])
}

/** A value that the schema allows, another one for each label. */
export function drawn({ text, connector, declared }: Drive, schema: Json | undefined, label: string): Json {
  const chance = seeded(`${connector}/${declared.id}/${label}`)
  return (
    drawValue(
      {
        document: text.document,
        chance,
        place: 'body',
        extent: 'all',
        direction: 'answer',
        budget: { left: valuesOfAll },
      },
      schema,
    ) ?? {}
  )
}

/** The last request against what was wanted. */
export function checkLast(drive: Drive, wanted: WantedRequest): readonly Fault[] {
  const received = drive.standIn.received().at(-1)
  if (!received) return [{ kind: 'nothing was asked', detail: '' }]
  const policies = policiesOf(drive.text.properties, drive.declared.id)
  const isRewritten = rewritesBody(policies, 'request')
  const { secrets } = drive.connection
  return checkRequest(received, { operation: drive.declared, wanted, secrets, isRewritten }, drive.judge).map(
    ({ check, kind, detail }) => ({ kind: `${check}: ${kind}`, detail }),
  )
}

/** A request to an address that the provider named: there, by this method, and with the credential of the first. */
export function checkFollowed(
  drive: {
    readonly standIn: Pick<StandIn, 'received'>
    readonly connection: Pick<KnownConnection, 'secrets'>
  },
  first: ReceivedRequest,
  method: string,
  location: URL,
): readonly Fault[] {
  const received = drive.standIn.received().at(-1)
  if (!received) return [{ kind: 'nothing was asked', detail: `${method} ${location.href}` }]
  const faults: Fault[] = []
  const add = (kind: string, detail: string) => faults.push({ kind, detail })
  if (received.method !== method) add('method', `${received.method}, not ${method}`)
  if (received.headers['x-forwarded-host'] !== location.host)
    add('host', `${received.headers['x-forwarded-host']}, not ${location.host}`)
  if (received.target.split('?')[0] !== location.pathname)
    add('path', `${received.target}, not ${location.pathname}`)
  const asked = [...new URL(received.target, location).searchParams].map(pair => pair.join('='))
  for (const pair of location.searchParams)
    if (!asked.includes(pair.join('='))) add('state', `${pair.join('=')} is not in ${received.target}`)
  const isSecret = (value: string | undefined) =>
    value !== undefined &&
    (/^Basic /.test(value) || drive.connection.secrets.some(each => value.includes(each)))
  for (const [name, value] of Object.entries(first.headers))
    if (isSecret(value) && received.headers[name] !== value) add('credential', `${name} did not arrive`)
  for (const [name, value] of new URL(first.target, location).searchParams)
    if (isSecret(value) && !asked.includes(`${name}=${value}`)) add('credential', `${name} did not arrive`)
  return faults
}
