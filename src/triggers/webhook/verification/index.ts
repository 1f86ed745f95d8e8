// Every way to verify deliveries, by its scheme.
import type { WebhookScheme } from '../../../definition/index.ts'
import type { Verifier } from './contract.ts'
import { github } from './github.ts'
import { hmac } from './hmac.ts'
import { hookSecret } from './hook-secret.ts'
import { meta } from './meta.ts'
import { microsoftGraph } from './microsoft-graph.ts'
import { slack } from './slack.ts'
import { standardWebhooks } from './standard-webhooks.ts'
import { stripe } from './stripe.ts'
import { token } from './token.ts'
import { x } from './x.ts'
import { zoom } from './zoom.ts'

export type { Keys, Verifier } from './contract.ts'

export const verifiers = {
  'standard-webhooks': standardWebhooks,
  github,
  slack,
  stripe,
  meta,
  'microsoft-graph': microsoftGraph,
  zoom,
  x,
  'hook-secret': hookSecret,
  token,
  hmac,
} satisfies Record<WebhookScheme, Verifier>
