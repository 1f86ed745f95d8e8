// policyTemplateInstances of apiProperties.json → PolicyInstance: ids in lower case, keys without their prefixes
// (connector-format §4.1).
import { quoted } from './findings.ts'
import type { PolicyInstance } from './model.ts'
import {
  child,
  childAnyCase,
  elements,
  isObject,
  members,
  type Node,
  record,
  textList,
  words,
} from './node.ts'
import type { OperationNames } from './operation-names.ts'
import type { Reading } from './reading.ts'

/** Every template of the format, and the section it belongs to where an instance does not say (§4.1, §4.3). */
const templates: ReadonlyMap<string, PolicyInstance['section']> = new Map([
  ['setheader', 'request'],
  ['setqueryparameter', 'request'],
  ['dynamichosturl', 'request'],
  ['dynamicsubdomain', 'request'],
  ['routerequesttoendpoint', 'request'],
  ['setproperty', 'request'],
  ['setvaluefromurl', 'request'],
  ['stringreplace', 'request'],
  ['stringtoarray', 'request'],
  ['convertarraytoobject', 'request'],
  ['convertobjecttoarray', 'request'],
  ['encodepropertyvalue', 'request'],
  ['moveproperties', 'request'],
  ['pollingtrigger', 'response'],
  ['updatenextlink', 'response'],
  ['setconnectionstatustounauthenticated', 'response'],
])

const parameterPrefix = /^x-ms-apimTemplateParameter\./i

/** Reads the instances in order; order is how they are applied (§4.2). */
export function readPolicies(reading: Reading, names: OperationNames): readonly PolicyInstance[] {
  const instances = child(child(reading.properties, 'properties'), 'policyTemplateInstances')
  return elements(instances).flatMap(node => {
    const policy = readPolicy(reading, names, node)
    return policy === undefined ? [] : [policy]
  })
}

function readPolicy({ findings }: Reading, names: OperationNames, node: Node): PolicyInstance | undefined {
  const template = words(child(node, 'templateId'))?.toLowerCase()
  const parameters = child(node, 'parameters')
  const place = { pointer: node.pointer }
  if (template === undefined || !isObject(parameters)) {
    findings.warning('POLICY_INVALID', 'A policy without templateId or parameters was left out.', place)
    return undefined
  }
  if (!templates.has(template)) {
    findings.warning(
      'POLICY_UNSUPPORTED',
      `The policy template ${quoted(template)} is unknown and has no effect.`,
      place,
    )
  }
  const listed = textList(childAnyCase(parameters, 'x-ms-apimTemplate-operationName'))
  const operations = listed.map(name => names.find(name))
  const missing = listed.filter((_, index) => operations[index] === undefined)
  if (missing.length > 0) {
    findings.info(
      'POLICY_INVALID',
      `The policy names operations that do not exist: ${missing.map(quoted).join(', ')}.`,
      place,
    )
    // An empty list means every operation, which is not what this one said.
    if (missing.length === listed.length) return undefined
  }
  return {
    template,
    title: words(child(node, 'title')) ?? template,
    operations: operations.filter(name => name !== undefined),
    section: section(words(childAnyCase(parameters, 'x-ms-apimTemplate-policySection')), template),
    parameters: record(
      members(parameters)
        .filter(([key]) => parameterPrefix.test(key))
        .map(([key, { value }]) => [key.replace(parameterPrefix, ''), value ?? null] as const),
    ),
  }
}

function section(declared: string | undefined, template: string): PolicyInstance['section'] {
  const word = declared?.toLowerCase()
  if (word === 'request' || word === 'response' || word === 'failure') return word
  return templates.get(template) ?? 'request'
}

/** Policies that apply to one operation. */
export function policiesOf(
  policies: readonly PolicyInstance[],
  operation: string,
): readonly PolicyInstance[] {
  return policies.filter(({ operations }) => operations.length === 0 || operations.includes(operation))
}
