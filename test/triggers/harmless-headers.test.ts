// Which headers of a delivery reach subscribers.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { harmlessHeaders } from '../../src/triggers/webhook/harmless-headers.ts'

const kept = (name: string) => Object.keys(harmlessHeaders({ [name]: 'planted' })).length === 1

describe('dropped, for they authenticate the sender or could', () => {
  test.each([
    'Authorization',
    'proxy-authorization',
    'proxy-connection',
    'cookie',
    'set-cookie2',
    'x-api-key',
    'apikey',
    'x-apikey',
    'api_key',
    'ocp-apim-subscription-key',
    'x-functions-key',
    'x-access-key',
    'x-accesskey',
    'x-webhook-key',
    'aeg-sas-key',
    'x-key1',
    'x-passphrase',
    'x-pass',
    'x-password',
    'x-auth',
    'x-oauth2',
    'x-authentication-info',
    'x-hub-signature-256',
    'x-shopify-hmac-sha256',
    'paypal-transmission-sig',
    'x-gitlab-token',
    'x-accesstoken',
    'x-hook-secret',
    'x-client-credential',
    'x-session-id',
    'x-jwt-assertion',
  ])('%s', name => expect(kept(name)).toBe(false))
})

describe('kept', () => {
  test.each([
    'content-type',
    'user-agent',
    'idempotency-key',
    'x-idempotency-key',
    'i-twilio-idempotency-token',
    'x-event-key',
    'ce-partitionkey',
    'x-routing-key',
    'surrogate-keys',
    'x-author',
    'x-authority',
    'x-passenger-count',
    'x-keyboard',
    'x-design',
    'x-github-event',
    'ce-source',
  ])('%s', name => expect(kept(name)).toBe(true))
})

test('a secret word is found wherever it stands among the words, in any case', () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/)
  const secret = fc.constantFrom('secret', 'token', 'password', 'signature', 'cookie', 'authorization')
  fc.assert(
    fc.property(fc.array(word), secret, fc.array(word), fc.boolean(), (before, found, after, upper) => {
      const name = [...before, found, ...after].join('-')
      expect(kept(upper ? name.toUpperCase() : name)).toBe(false)
    }),
  )
})
