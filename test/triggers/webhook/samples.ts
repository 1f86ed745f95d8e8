// One delivery for each scheme, as its provider published it, or by a published vector of the primitive it uses.
import type { WebhookScheme } from '../../../src/definition/index.ts'

export interface Sample {
  readonly title: string
  readonly scheme: WebhookScheme
  readonly source: string
  readonly secret: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly options?: Readonly<Record<string, string>>
  /** Unix seconds of the delivery where the scheme has a window. */
  readonly at?: number
  /** The header that proves the sender; null where the body does. */
  readonly proof: string | null
  /** False where the secret is only quoted: then the body may change. */
  readonly signsBody: boolean
  readonly id: string | null
}

const stripeEvent = `{
  "id": "evt_123",
  "object": "event",
  "account": "acct_123",
  "api_version": "2017-05-25",
  "created": 1533204620,
  "data": {
    "object": {
      "id": "cus_123",
      "object": "customer",
      "created": 123456789,
      "email": "test@stripe.com",
      "livemode": false,
      "metadata": {}
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": {
    "id": "req_123",
    "idempotency_key": "idempotency-key-123"
  },
  "type": "customer.created"
}
`

const slackCommand = {
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
}

const xEvent = {
  body: '{"for_user_id":"2244994945","tweet_create_events":[{"id_str":"850006245121695744"}]}',
  secret: 'z3ZX4v7mAAUGykl2EcmkqbmCmN5vzpTLwbGsP0aFaN5Zz4B2bQ',
}

const rfc4231 = { secret: 'Jefe', body: 'what do ya want for nothing?' }
const rfc4231Sha256 = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
const rfc4231Sha512 =
  '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737'

export const samples: readonly Sample[] = [
  {
    title: 'Standard Webhooks',
    scheme: 'standard-webhooks',
    source: 'the reference libraries of standard-webhooks/standard-webhooks',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    body: '{"test": 2432232314}',
    at: 1614265330,
    proof: 'webhook-signature',
    signsBody: true,
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  },
  {
    title: 'Svix, by its own names and among others’ signatures',
    scheme: 'standard-webhooks',
    source: 'the libraries of svix/svix-webhooks',
    secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    headers: {
      'svix-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'svix-timestamp': '1614265330',
      'svix-signature':
        'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,zzz v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    body: '{"test": 2432232314}',
    at: 1614265330,
    proof: 'svix-signature',
    signsBody: true,
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  },
  {
    title: 'GitHub',
    scheme: 'github',
    source: 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries',
    secret: "It's a Secret to Everybody",
    headers: {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    },
    body: 'Hello, World!',
    proof: 'x-hub-signature-256',
    signsBody: true,
    id: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  },
  {
    title: 'Meta',
    scheme: 'meta',
    source: 'the vector of GitHub, whose header and digest Meta shares',
    secret: "It's a Secret to Everybody",
    headers: {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
    body: 'Hello, World!',
    proof: 'x-hub-signature-256',
    signsBody: true,
    id: null,
  },
  {
    title: 'Slack',
    scheme: 'slack',
    source: 'https://docs.slack.dev/authentication/verifying-requests-from-slack',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    ...slackCommand,
    at: 1531420618,
    proof: 'x-slack-signature',
    signsBody: true,
    id: null,
  },
  {
    title: 'Stripe',
    scheme: 'stripe',
    source: 'EventUtilityTest of stripe/stripe-dotnet',
    secret: 'webhook_secret',
    headers: {
      'content-type': 'application/json',
      'stripe-signature':
        't=1533204620,v1=2220f87ef101a04665f11cdf770523143f875572008577fa0f20882ddb9cc3c7,v0=63f3a72374a733066c4be69ed7f8e5ac85c22c9f0a6a612ab9a025a9e4ee7eef',
    },
    body: stripeEvent,
    at: 1533204620,
    proof: 'stripe-signature',
    signsBody: true,
    id: 'evt_123',
  },
  {
    title: 'Microsoft Graph',
    scheme: 'microsoft-graph',
    source: 'https://learn.microsoft.com/graph/change-notifications-delivery-webhooks',
    secret: 'secretClientValue',
    headers: { 'content-type': 'application/json' },
    body: '{"value":[{"id":"lsgTZMr9KwAAA","subscriptionId":"76619225-ff6b-4489-96ca-4ef547e78b22","clientState":"secretClientValue","changeType":"created"}]}',
    proof: null,
    signsBody: false,
    id: 'lsgTZMr9KwAAA',
  },
  {
    title: 'Zoom',
    scheme: 'zoom',
    source: 'the vector of Slack, whose construction Zoom shares',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-zm-request-timestamp': '1531420618',
      'x-zm-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    ...slackCommand,
    at: 1531420618,
    proof: 'x-zm-signature',
    signsBody: true,
    id: null,
  },
  {
    title: 'X',
    scheme: 'x',
    source: 'made with `openssl dgst -sha256 -hmac`, for X publishes none with its secret',
    headers: {
      'content-type': 'application/json',
      'x-twitter-webhooks-signature': 'sha256=TJRTKX46K1LsvFX9GS8Kmef+5x3vsYJhW+kfBAKteWc=',
    },
    ...xEvent,
    proof: 'x-twitter-webhooks-signature',
    signsBody: true,
    id: null,
  },
  {
    title: 'a secret of the handshake',
    scheme: 'hook-secret',
    source: 'RFC 4231, test case 2',
    ...rfc4231,
    headers: { 'x-hook-signature': rfc4231Sha256 },
    proof: 'x-hook-signature',
    signsBody: true,
    id: null,
  },
  {
    title: 'a token in a header',
    scheme: 'token',
    source: 'https://docs.gitlab.com/user/project/integrations/webhooks',
    secret: 'secret token of ours',
    headers: { 'x-gitlab-token': 'secret token of ours' },
    body: '{}',
    options: { header: 'X-Gitlab-Token' },
    proof: 'x-gitlab-token',
    signsBody: false,
    id: null,
  },
  {
    title: 'an HMAC in hexadecimal',
    scheme: 'hmac',
    source: 'RFC 4231, test case 2',
    ...rfc4231,
    headers: { 'x-signature': `sha256=${rfc4231Sha256.toUpperCase()}`, 'x-request': '17' },
    options: { header: 'X-Signature', prefix: 'sha256=', idHeader: 'X-Request' },
    proof: 'x-signature',
    signsBody: true,
    id: '17',
  },
  {
    title: 'an HMAC-SHA512 in base64',
    scheme: 'hmac',
    source: 'RFC 4231, test case 2',
    ...rfc4231,
    headers: { authorization: `HMAC ${Buffer.from(rfc4231Sha512, 'hex').toString('base64')}` },
    options: { header: 'authorization', algorithm: 'sha512', encoding: 'base64' },
    proof: 'authorization',
    signsBody: true,
    id: null,
  },
  {
    title: 'an HMAC over a template of timestamp and body',
    scheme: 'hmac',
    source: 'https://docs.slack.dev/authentication/verifying-requests-from-slack, whose vector it is',
    secret: slackCommand.secret,
    headers: {
      'x-time': '1531420618',
      'x-sign': 'other, v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    body: slackCommand.body,
    options: { header: 'x-sign', prefix: 'v0=', signed: 'v0:{timestamp}:{body}', timestampHeader: 'X-Time' },
    at: 1531420618,
    proof: 'x-sign',
    signsBody: true,
    id: null,
  },
]
