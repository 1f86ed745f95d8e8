// A new key in front: what feeds keep is sealed with it, and the old key can be taken away.
import { randomBytes, randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createVault } from '../../src/connections/index.ts'
import { secret } from '../../src/secret.ts'
import { schema } from '../../src/store/index.ts'
import { feedIdOf } from '../../src/triggers/index.ts'
import { wire } from '../invocation/definitions.ts'
import { durable, openWorld, type World } from './hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const key = (id: string) => ({ id, key: secret(randomBytes(32).toString('base64')) })
const [older, newer] = [key('old'), key('new_%')]

test('poll states, webhook tokens, secrets and registrations are sealed anew, and serve with the new key alone', async () => {
  const before = world.engine({ seal: createVault([older]) })
  const hook = await before.create(
    world.binding('onHooks', { arguments: wire({}, { webhooks: [{ events: ['a'] }] }) }),
    durable,
  )
  const poll = await before.create(world.binding('onItems'), durable)
  const place = { table: 'feed', row: hook.id, column: 'webhook_secret', tenant: 'org-1' }
  await world.update(hook.id, { webhookSecret: createVault([older]).seal(secret('theirs'), place) })
  await before[Symbol.asyncDispose]()

  const rotating = world.engine({ seal: createVault([newer, older]) })
  expect(await rotating.reseal()).toEqual({ resealed: 4, broken: [] })
  expect(await rotating.reseal()).toEqual({ resealed: 0, broken: [] })
  await rotating[Symbol.asyncDispose]()
  const { tokenSealed, registration, webhookSecret } = await world.row(hook.id)
  const { pollState } = await world.row(poll.id)
  for (const sealed of [tokenSealed, registration, webhookSecret, pollState])
    expect(sealed).toMatch(/^v1\.new_%\./)
  expect(createVault([newer]).open(webhookSecret!, place).reveal()).toBe('theirs')

  const after = world.engine({ seal: createVault([newer]) })
  await world.makeDue(poll.id)
  expect(await after.resume(poll.id)).toMatchObject({ status: 'ACTIVE', consecutiveFailures: 0 })
  expect(world.provider.hooks.size).toBe(1)
  await after.remove(hook.id)
  expect(world.provider.hooks.size).toBe(0)
})

test('more feeds than fit a batch, of which those that no key opens are named and the rest goes on', async () => {
  const vault = createVault([older])
  const row = (pollState: (id: string) => string, rest = {}) => {
    const { connector, operationId, field, organizationId } = world.binding('onItems')
    const id = randomUUID()
    return {
      ...{ id, connector, operationId, field, organizationId, arguments: '{}', binding: id },
      ...({
        kind: 'POLLING',
        status: 'PAUSED',
        durable: true,
        intervalSeconds: 60,
        start: 'NEW_ONLY',
      } as const),
      pollState: pollState(id),
      ...rest,
    }
  }
  const at = (id: string) => ({
    ...{ table: 'feed', row: id, column: 'poll_state' },
    tenant: world.binding('onItems').organizationId,
  })
  const sound = Array.from({ length: 110 }, () => row(id => vault.seal('{}', at(id))))
  const lost = row(id => vault.seal('{}', at(id)), { tokenSealed: 'v1.lost.x.y.z' })
  await world.store.db.insert(schema.feed).values([...sound, lost])
  const triggers = world.engine({ seal: createVault([newer, older]) })
  expect(await triggers.reseal()).toEqual({ resealed: 111, broken: [lost.id] })
  expect((await world.row(feedIdOf(lost.id))).tokenSealed).toBe('v1.lost.x.y.z')
})
