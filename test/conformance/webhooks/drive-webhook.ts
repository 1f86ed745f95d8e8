// One webhook of the catalogue through its life: registered, delivered to, unregistered; and what was wrong with that.
import type { ConnectorDefinition, OperationDefinition } from '../../../src/definition/index.ts'
import { isJunctorError } from '../../../src/errors.ts'
import { printJson } from '../../../src/json.ts'
import type { Feed, Triggers } from '../../../src/triggers/index.ts'
import { durable, publicUrl, running, type World } from '../../triggers/hub.ts'
import { drawArguments, drawEvent } from './draw.ts'
import { location, type Registrations } from './provider.ts'

const callback = new RegExp(`${publicUrl}/webhooks/([\\w-]{43})`, 'g')

export async function driveWebhook(
  { world, triggers, registrations }: { world: World; triggers: Triggers; registrations: Registrations },
  definition: ConnectorDefinition,
  operation: OperationDefinition,
  connected: boolean,
): Promise<readonly string[]> {
  registrations.forget()
  const { schemas, name } = definition
  if (operation.role.role !== 'webhook') return ['It is no webhook.']
  const binding = world.binding(operation.id, {
    connector: name,
    field: `${name}_${operation.id}`,
    connectionId: connected ? world.connectionId : null,
    arguments: drawArguments(operation, schemas),
  })
  let feed: Feed
  try {
    feed = operation.role.once
      ? await triggers.ask({ binding, ownerId: 'user-1', signal: running() })
      : await triggers.create(binding, durable)
  } catch (error) {
    return [isJunctorError(error) ? `${error.code}: ${error.message}` : String(error)]
  }
  const faults: string[] = []
  const urls = registrations.made.flatMap(({ body }) =>
    [...body.matchAll(callback)].map(([, token = '']) => token),
  )
  const { once, callbackPaths } = operation.role
  if (new Set(urls).size !== 1) faults.push(`The provider was told ${new Set(urls).size} URLs.`)
  if (urls.length < callbackPaths.length)
    faults.push(`${callbackPaths.length} places take the URL, and ${urls.length} have it.`)
  const event = drawEvent(operation, schemas)
  const answer = await triggers.receive({
    token: urls[0] ?? '',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    query: {},
    body: Buffer.from(printJson(event)),
  })
  if (answer.status !== 202) faults.push(`The delivery was answered with ${answer.status}.`)
  const [logged] = (await triggers.events(feed.id, { first: 1 })).events
  if (!logged || printJson(logged.data) !== printJson(event))
    faults.push('The event is not what was delivered.')
  const status = (await triggers.get(feed.id))?.status
  if (status !== (once ? 'ENDED' : 'ACTIVE')) faults.push(`The feed is ${status}.`)
  await triggers.remove(feed.id)
  const unregistered = registrations.deleted.some(target => target.split('?')[0]?.endsWith(location))
  // An action whose answer came has nothing registered any more.
  if (unregistered === once)
    faults.push(`It was ${unregistered ? '' : 'not '}unregistered at ${registrations.deleted.join(', ')}.`)
  return faults
}
