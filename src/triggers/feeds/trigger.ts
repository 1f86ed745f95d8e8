// The operation behind a feed, found in its connector's definition.
import type { ConnectorIdentity } from '../../connections/index.ts'
import type { ConnectorDefinition, OperationDefinition, OperationRole } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'

export type PollingRole = Extract<OperationRole, { role: 'polling' }>
export type WebhookRole = Extract<OperationRole, { role: 'webhook' }>

export interface Trigger {
  readonly definition: ConnectorDefinition
  readonly operation: OperationDefinition
  readonly role: PollingRole | WebhookRole
}

export interface Connectors {
  /** Null where it is not this one that serves under the name, or it cannot be read. */
  get(of: ConnectorIdentity): Promise<ConnectorDefinition | null>
}

/** Throws CONNECTOR_NOT_FOUND where the connector is not there to serve, BAD_INPUT for what is no trigger. */
export async function findTrigger(
  connectors: Connectors,
  { connector, importId, operationId }: ConnectorIdentity & { readonly operationId: string },
): Promise<Trigger> {
  const definition = await connectors.get({ connector, importId })
  if (!definition)
    throw new JunctorError(
      'CONNECTOR_NOT_FOUND',
      `The connector ${connector} is not loaded: install it, or see its diagnostics.`,
    )
  const operation = definition.operations.find(each => each.id === operationId)
  if (!operation || operation.role.role === 'action')
    throw new JunctorError(
      'BAD_INPUT',
      `The connector ${connector} has no trigger ${operationId}: choose one of its operations of kind TRIGGER.`,
    )
  return { definition, operation, role: operation.role }
}

/**
 * True where a call registers the webhook: its body takes the URL, or a hook asks for it, whose script does without such
 * a place. False where the provider is told the URL by hand.
 */
export function registersByCall({ definition, operation, role }: Trigger): boolean {
  if (role.role !== 'webhook') return false
  return role.callbackPaths.length > 0 || definition.hooks?.operations.includes(operation.id) === true
}
