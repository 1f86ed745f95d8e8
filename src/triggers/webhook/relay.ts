// Deliveries below a webhook's URL, at addresses that a script made (connector-format §5.2): the hook of the operation at
// that path gets them, and what it sends on are the events.
import type { ConnectorDefinition, OperationDefinition } from '../../definition/index.ts'
import { type Invoker, noArguments, type Relayed } from '../../invocation/index.ts'
import { secret } from '../../secret.ts'
import { type CallOptions, connectionIdOf, type Tokens, type WebhookFeed } from '../feeds/index.ts'
import type { Delivery } from './delivery.ts'

export interface RelayOptions extends Pick<CallOptions, 'openConnection'> {
  readonly invoker: Pick<Invoker, 'relay'>
  readonly tokens: Pick<Tokens, 'url'>
}

/** Gives null where no hook is asked, and the delivery is the event. Throws as `Invoker.relay` and opening the connection do. */
export function createRelay({ invoker, openConnection, tokens }: RelayOptions) {
  return async function relay(
    row: WebhookFeed,
    definition: ConnectorDefinition,
    { below = '', method, headers, body }: Delivery,
  ): Promise<Relayed | null> {
    const operation = operationAt(definition, below)
    if (!operation || (method !== 'POST' && method !== 'PUT') || operation.method !== method) return null
    const url = tokens.url(row)
    if (url === null) return null
    const id = connectionIdOf(row)
    const connection = id === null ? null : await openConnection(id)
    const { signal } = new AbortController()
    const relayed = await invoker.relay(
      { definition, operation, connection, arguments: noArguments, callback: secret(url), signal },
      { method, url: `${url}${below}`, headers, body },
    )
    // A webhook action waits for one callback.
    return row.once ? { ...relayed, events: relayed.events.slice(0, 1) } : relayed
  }
}

/** One that a hook stands in for and that asks for no credential: whoever has the URL may make this call. */
function operationAt(definition: ConnectorDefinition, below: string): OperationDefinition | undefined {
  const [path = ''] = below.split('?')
  if (path === '') return undefined
  return definition.operations.find(
    operation =>
      operation.path === path &&
      operation.anonymous &&
      definition.hooks?.operations.includes(operation.id) === true,
  )
}
