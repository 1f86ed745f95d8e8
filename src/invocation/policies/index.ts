// Policies: a draft flows in and leaves rewritten, then the answer does; both in the order of the package (§4.2).
import type { ConnectorDefinition, OperationDefinition, PolicyInstance } from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import type { Answer, PolicyCall, PolicyTemplate } from './contract.ts'
import { convertArrayToObject } from './convert-array-to-object.ts'
import { convertObjectToArray } from './convert-object-to-array.ts'
import { dynamicHostUrl } from './dynamic-host-url.ts'
import { elsewhere } from './elsewhere.ts'
import { encodePropertyValue } from './encode-property-value.ts'
import { moveProperties } from './move-properties.ts'
import { routeRequest } from './route-request.ts'
import { setHeaderPolicy } from './set-header.ts'
import { setProperty } from './set-property.ts'
import { setQueryParameter } from './set-query-parameter.ts'
import { setValueFromUrl } from './set-value-from-url.ts'
import { stringReplace } from './string-replace.ts'
import { stringToArray } from './string-to-array.ts'

export type { Answer, PolicyCall } from './contract.ts'

export const policyTemplates: readonly PolicyTemplate[] = [
  setHeaderPolicy,
  setQueryParameter,
  dynamicHostUrl,
  routeRequest,
  setValueFromUrl,
  setProperty,
  stringReplace,
  convertObjectToArray,
  convertArrayToObject,
  stringToArray,
  encodePropertyValue,
  moveProperties,
  elsewhere,
]

/** Runs the request section. Throws OPERATION_UNSUPPORTED for a template that is not known, as the call would mean something else. */
export async function applyRequestPolicies(
  definition: ConnectorDefinition,
  operation: OperationDefinition,
  call: PolicyCall,
): Promise<void> {
  for (const policy of policiesOf(definition, operation, 'request')) {
    const template = templateOf(policy)
    if (!template)
      throw new JunctorError(
        'OPERATION_UNSUPPORTED',
        `${operation.id} of ${definition.title} is rewritten by the policy template "${policy.template}", which the hub does not know; leave the policy out of the package where the API does without.`,
      )
    await template.request?.(policy, call)
  }
}

/** Runs the response section on a successful answer. A template that is not known leaves the answer as the API gave it. */
export function applyResponsePolicies(
  definition: ConnectorDefinition,
  operation: OperationDefinition,
  call: PolicyCall,
  answer: Answer,
): void {
  for (const policy of policiesOf(definition, operation, 'response'))
    templateOf(policy)?.response?.(policy, call, answer)
}

function templateOf(policy: PolicyInstance): PolicyTemplate | undefined {
  return policyTemplates.find(({ names }) => names.includes(policy.template.toLowerCase()))
}

function policiesOf(
  { policies }: ConnectorDefinition,
  { id }: OperationDefinition,
  section: PolicyInstance['section'],
): readonly PolicyInstance[] {
  return policies.filter(
    policy =>
      policy.section === section && (policy.operations.length === 0 || policy.operations.includes(id)),
  )
}
