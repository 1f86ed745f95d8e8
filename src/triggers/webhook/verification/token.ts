// A secret as it is in a header, which proves the sender and not the body: GitLab's `X-Gitlab-Token`, Google's
// `X-Goog-Channel-Token`, Telegram's `X-Telegram-Bot-Api-Secret-Token`. Option `header` names it.

import { isOneOf } from '../digest.ts'
import type { Verifier } from './contract.ts'

export const token = {
  scheme: 'token',
  verify({ headers }, { secrets, options }) {
    const given = headers[(options.header ?? '').toLowerCase()]
    if (given === undefined) return 'unsigned'
    return isOneOf(secrets, given) ? 'verified' : 'forged'
  },
  deliveryId: () => null,
} satisfies Verifier
