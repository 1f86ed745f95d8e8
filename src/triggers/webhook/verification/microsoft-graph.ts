// https://learn.microsoft.com/graph/change-notifications-delivery-webhooks: nothing is signed, but each notification
// quotes the `clientState` that the subscription was made with.
import { isJsonObject, type Json } from '../../../json.ts'
import { isOneOf } from '../digest.ts'
import type { Verifier } from './contract.ts'

function notificationsOf(body: Json): readonly Json[] {
  return isJsonObject(body) && Array.isArray(body.value) ? body.value : []
}

function member(notification: Json, name: string): string | null {
  const value = isJsonObject(notification) ? notification[name] : undefined
  return typeof value === 'string' ? value : null
}

export const microsoftGraph = {
  scheme: 'microsoft-graph',
  verify({ content }, { secrets }) {
    const states = notificationsOf(content()).map(each => member(each, 'clientState'))
    if (states.length === 0 || states.includes(null)) return 'unsigned'
    return states.every(state => isOneOf(secrets, state ?? '')) ? 'verified' : 'forged'
  },
  /** Only some notifications have an id; a delivery is known by those of all that are in it. */
  deliveryId({ content }) {
    const ids = notificationsOf(content()).map(each => member(each, 'id'))
    return ids.length === 0 || ids.includes(null) ? null : ids.join(',')
  },
  withoutSecret(content) {
    if (!isJsonObject(content)) return content
    const value = notificationsOf(content).map(each => {
      if (!isJsonObject(each)) return each
      const { clientState: _, ...rest } = each
      return rest
    })
    return { ...content, value }
  },
} satisfies Verifier
