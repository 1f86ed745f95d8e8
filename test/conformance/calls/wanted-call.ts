// The whole request that a package, a connection and a set of arguments ask for: with credential and policies.
import { applyPolicies } from './apply-policies.ts'
import type { KnownConnection } from './connection-values.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import type { PackageText } from './package-text.ts'
import { policiesOf } from './policies-as-written.ts'
import { settleBody } from './typed-body.ts'
import { addCredential, connectionParametersOf } from './wanted-credential.ts'
import { type DrawnArguments, type WantedRequest, wantedRequest } from './wanted-request.ts'

export function wantedCall(
  { document, properties }: PackageText,
  { open, values }: KnownConnection,
  operation: DeclaredOperation,
  drawn: DrawnArguments,
): WantedRequest {
  const policyText = JSON.stringify(properties.policyTemplateInstances ?? [])
  const parameters = connectionParametersOf(properties, open?.authentication.name ?? '')
  const wanted = wantedRequest(document, operation, drawn)
  if (open?.baseUrl) wanted.base = open.baseUrl
  if (open && !operation.anonymous) addCredential(wanted, document, parameters, values, policyText)
  applyPolicies(wanted, policiesOf(properties, operation.id), values, Boolean(open?.baseUrl))
  settleBody(wanted)
  return wanted
}
