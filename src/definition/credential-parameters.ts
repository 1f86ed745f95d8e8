// Parameters that are the credential: some documents declare the key once as a security scheme and again with each
// operation. The connection fills it, so nobody is asked for it (connector-format §3.3).
import type { AuthenticationDefinition, KeyPlacement } from './authentication-model.ts'
import type { OperationDefinition, ParameterDefinition } from './model.ts'

/** The operations without what every way to connect fills. One that is called without a credential keeps its own. */
export function withoutCredentials(
  operations: readonly OperationDefinition[],
  authentications: readonly AuthenticationDefinition[],
): readonly OperationDefinition[] {
  const isFilled = (parameter: ParameterDefinition) =>
    authentications.every(authentication =>
      requiredKeys(authentication).some(placement => isAt(placement, parameter)),
    )
  return operations.map(operation =>
    operation.anonymous || !operation.parameters.some(isFilled)
      ? operation
      : { ...operation, parameters: operation.parameters.filter(parameter => !isFilled(parameter)) },
  )
}

/** A key that a connection may lack must come from the caller where the connection lacks it. */
function requiredKeys({ kind, keys, parameters }: AuthenticationDefinition): readonly KeyPlacement[] {
  if (kind !== 'API_KEY') return []
  return keys.filter(key => parameters.some(({ name, required }) => required && name === key.parameter))
}

/** The names of headers have no case (RFC 9110 §5.1). */
function isAt(placement: KeyPlacement, parameter: ParameterDefinition): boolean {
  if (placement.in !== parameter.in) return false
  const [one, other] = [placement.name, parameter.name.trim()]
  return placement.in === 'header' ? one.toLowerCase() === other.toLowerCase() : one === other
}
