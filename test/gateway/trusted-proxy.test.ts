// Behind a proxy: who signs in is told apart by what a trusted proxy says, and by nothing that anybody else says.
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Hub, startHub } from '../harness/hub.ts'

let hub: Hub
beforeAll(async () => {
  hub = await startHub({ env: { JUNCTOR_TRUST_PROXY: '127.0.0.1,10.0.0.0/8' } })
}, 60_000)
afterAll(() => hub[Symbol.asyncDispose]())

/** Status of a sign-in that arrives from `peer`, a loopback address. */
async function signIn(peer: string, forwardedFor: string): Promise<number | undefined> {
  const attempt = request({
    host: '127.0.0.1',
    port: hub.port,
    localAddress: peer,
    method: 'POST',
    path: '/api/auth/sign-in/email',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': forwardedFor },
  })
  attempt.end(JSON.stringify({ email: 'ada@example.com', password: 'a guess' }))
  const [answer] = (await once(attempt, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}

async function outcomes(peer: string, forwardedFor: (index: number) => string): Promise<unknown[]> {
  const statuses = []
  for (let index = 0; index < 11; index++) statuses.push(await signIn(peer, forwardedFor(index)))
  return [...new Set(statuses)]
}

test('the callers of a trusted proxy have a limit each', async () => {
  expect(await outcomes('127.0.0.1', index => `203.0.113.${index}`)).toEqual([401])
})

test('a chain is believed as far as its proxies are trusted', async () => {
  expect(await outcomes('127.0.0.1', index => `198.51.100.${index}, 203.0.113.99, 10.1.2.3`)).toEqual([
    401, 429,
  ])
})

test.runIf(process.platform === 'linux')('what anybody else says of the caller is ignored', async () => {
  expect(await outcomes('127.0.0.2', index => `203.0.113.${100 + index}`)).toEqual([401, 429])
})
