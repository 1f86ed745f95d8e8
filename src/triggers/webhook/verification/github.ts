// https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries. It has no timestamp: a delivery that
// somebody recorded and sends again has its old id, unless they change that, which the signature does not cover.
import type { Verifier } from './contract.ts'
import { verifyHubSignature } from './hub-signature.ts'

export const github = {
  scheme: 'github',
  verify: verifyHubSignature,
  deliveryId: ({ headers }) => headers['x-github-delivery'] ?? null,
} satisfies Verifier
