// Which parameters a caller is asked for: not the key that the document declares once more beside its security scheme,
// where the package's only way to connect demands that key (connector-format §3.3).
import { isJsonObject, type JsonObject } from '../../../src/json.ts'
import type { DeclaredOperation, DeclaredParameter } from './declared-operation.ts'

/** The operation with the parameters that are its caller's. */
export function callersOwn(
  operation: DeclaredOperation,
  document: JsonObject,
  properties: JsonObject,
): DeclaredOperation {
  if (operation.anonymous || !demandsKey(properties)) return operation
  const schemes = Object.values(
    isJsonObject(document.securityDefinitions) ? document.securityDefinitions : {},
  )
  const isKey = ({ in: place, name }: DeclaredParameter) =>
    schemes.some(
      scheme =>
        isJsonObject(scheme) &&
        scheme.type === 'apiKey' &&
        scheme.in === place &&
        (place === 'header'
          ? String(scheme.name).toLowerCase() === name.toLowerCase()
          : scheme.name === name),
    )
  return { ...operation, parameters: operation.parameters.filter(parameter => !isKey(parameter)) }
}

function demandsKey({ connectionParameters, connectionParameterSets }: JsonObject): boolean {
  if (connectionParameterSets !== undefined || !isJsonObject(connectionParameters)) return false
  const { api_key: key } = connectionParameters
  const about = isJsonObject(key) && isJsonObject(key.uiDefinition) ? key.uiDefinition.constraints : null
  return isJsonObject(about) && String(about.required) === 'true'
}
