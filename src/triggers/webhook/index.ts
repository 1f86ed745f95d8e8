// Webhooks: HTTP requests of providers flow in; events in the log, then answers, flow out. The other way, a feed's URL
// flows out to a provider's API, and a registration comes back. A 2xx to a delivery says that the event is stored.
export type { DeliveryAnswer } from './answers.ts'
export { type Delivery, deliveryBodyLimit } from './delivery.ts'
export { renewalOf } from './expiry.ts'
export { createReceiver } from './receiver.ts'
export { type Address, createRegistration, type Registered } from './registration.ts'
