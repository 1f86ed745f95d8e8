// https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema: a POST of one event of a
// kind of its own, whose code comes back. Of the CloudEvents schema Event Grid asks as CloudEvents says.
import { isJsonObject } from '../../../json.ts'
import { type Handshake, longestQuestion } from './contract.ts'

export const azureEventGrid = {
  name: 'azure-event-grid',
  signed: false,
  answer({ method, headers, content }) {
    if (method !== 'POST' || headers['aeg-event-type'] !== 'SubscriptionValidation') return null
    const events = content()
    const [event] = Array.isArray(events) && events.length === 1 ? events : []
    if (!isJsonObject(event) || event.eventType !== 'Microsoft.EventGrid.SubscriptionValidationEvent')
      return null
    const code = isJsonObject(event.data) ? event.data.validationCode : undefined
    if (typeof code !== 'string' || code === '' || code.length > longestQuestion) return null
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ validationResponse: code }),
    }
  },
} satisfies Handshake
