// The policies of a package as apiProperties.json has them (connector-format §4).
import type { Json, JsonObject } from '../../../src/json.ts'
import { listOf, member, own } from './package-text.ts'

export interface Policy {
  readonly template: string
  readonly section: string
  parameter(name: string): string
}

/** The policies of an operation in their order; names of operations match exactly, else without regard to case. */
export function policiesOf(properties: JsonObject, operation: string): readonly Policy[] {
  return listOf(properties.policyTemplateInstances).flatMap(instance => {
    const parameters = member(instance, 'parameters')
    const names = listOf(parameters['x-ms-apimTemplate-operationName']).map(String)
    const same = (name: string) => name.toLowerCase() === operation.toLowerCase()
    if (names.length > 0 && !names.some(same)) return []
    const text = (name: string) => textAt(parameters, `x-ms-apimTemplateParameter.${name}`)
    const section = own(parameters, 'x-ms-apimTemplate-policySection')
    return [
      {
        template: String(own(instance, 'templateId')).toLowerCase(),
        section: typeof section === 'string' ? section.toLowerCase() : 'request',
        parameter: text,
      },
    ]
  })
}

function textAt(node: JsonObject, name: string): string {
  const value: Json | undefined = own(node, name)
  return typeof value === 'string' ? value : ''
}

/** Templates that write into the body; what they do has tests of its own. */
const bodyTemplates = new Set([
  'setproperty',
  'stringreplace',
  'convertarraytoobject',
  'convertobjecttoarray',
  'stringtoarray',
  'encodepropertyvalue',
  'moveproperties',
])

export function rewritesBody(policies: readonly Policy[], section: 'request' | 'response'): boolean {
  return policies.some(policy => policy.section === section && bodyTemplates.has(policy.template))
}

/** Names of query and header parameters that policies make hosts and paths of. */
export function namesInPolicies(policies: readonly Policy[]): ReadonlySet<string> {
  const texts = policies.flatMap(({ parameter }) => [
    parameter('urlTemplate'),
    parameter('newPath'),
    parameter('value'),
    parameter('parameterValueUrl'),
  ])
  const names = texts.flatMap(text =>
    [...text.matchAll(/@(?:headers?|query\w+)\('([^']*)'/gi)].map(found => found[1] ?? ''),
  )
  return new Set(names.map(name => name.toLowerCase()))
}

/** What policies make the host of, in any operation. */
export function hostTemplates(properties: JsonObject): readonly string[] {
  return listOf(properties.policyTemplateInstances).flatMap(instance => {
    const text = own(member(instance, 'parameters'), 'x-ms-apimTemplateParameter.urlTemplate')
    return typeof text === 'string' && text !== '' ? [text] : []
  })
}

export const sideValue = 'value-of-the-side-call'

/** The answer that gives a side call its value, wherever its template looks for it. */
export function sideAnswer(policies: readonly Policy[]): Json {
  const path = policies
    .find(({ template }) => template === 'setvaluefromurl')
    ?.parameter('parameterValuePathTemplate')
  const names = [...(path ?? '').replace(/^@?body\(\)/i, '').matchAll(/\.(\w+)|\['([^']*)'\]/g)]
  return names.reduceRight<Json>(
    (inner, [, plain, quoted]) => ({ [plain ?? quoted ?? '']: inner }),
    sideValue,
  )
}

export function isSideCalling(policies: readonly Policy[]): boolean {
  return policies.some(({ template }) => template === 'setvaluefromurl')
}
