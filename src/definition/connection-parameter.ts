// The `connectionParameters` of apiProperties.json, or those of one set → ConnectionParameterDefinition
// (connector-format §3.2).
import type { Json } from '../json.ts'
import type { ConnectionParameterDefinition } from './authentication-model.ts'
import type { Findings } from './findings.ts'
import { quoted } from './findings.ts'
import {
  child,
  childAnyCase,
  elements,
  firstChild,
  flag,
  members,
  type Node,
  present,
  text,
  words,
} from './node.ts'

type ParameterType = ConnectionParameterDefinition['type']

const types: Readonly<Record<string, ParameterType>> = {
  string: 'string',
  securestring: 'securestring',
  int: 'int',
  integer: 'int',
  bool: 'bool',
  boolean: 'bool',
  oauthsetting: 'oauthSetting',
  gatewaysetting: 'gatewaySetting',
  clientcertificate: 'securestring',
}

/** Reads every parameter, in the document's order. */
export function readConnectionParameters(
  findings: Findings,
  node: Node,
): readonly ConnectionParameterDefinition[] {
  return members(node).map(([name, parameter]) => readParameter(findings, name, parameter))
}

function readParameter(findings: Findings, name: string, node: Node): ConnectionParameterDefinition {
  const declared = words(child(node, 'type'))?.toLowerCase() ?? ''
  const known = Object.hasOwn(types, declared) ? types[declared] : undefined
  if (known === undefined) {
    findings.warning(
      'AUTHENTICATION_UNSUPPORTED',
      `The connection parameter ${quoted(name)} is of the unknown type ${quoted(declared)}; it is taken as a secret.`,
      { pointer: node.pointer },
    )
  }
  const type = known ?? 'securestring'
  const ui = child(node, 'uiDefinition')
  const constraints = child(ui, 'constraints')
  const hidden = flag(child(constraints, 'hidden')) === true
  const options = readOptions(node, constraints)
  return {
    name,
    type,
    required: !hidden && type !== 'oauthSetting' && flag(child(constraints, 'required')) === true,
    secret: type === 'securestring' || type === 'oauthSetting',
    ...present({
      title: words(childAnyCase(ui, 'displayName')),
      description:
        words(child(ui, 'description')) ??
        words(child(ui, 'tooltip')) ??
        words(child(child(ui, 'schema'), 'description')),
      default: fitting(type, firstChild(node, 'defaultValue', 'default').value),
      options: options.length === 0 ? undefined : options,
    }),
  }
}

/** `constraints.allowedValues` is what platforms show, before the parameter's own list. */
function readOptions(node: Node, constraints: Node): NonNullable<ConnectionParameterDefinition['options']> {
  const shown = elements(child(constraints, 'allowedValues'))
  const listed = shown.length > 0 ? shown : elements(child(node, 'allowedValues'))
  return listed.flatMap(option => {
    const value = child(option, 'value').value ?? (text(option) === undefined ? undefined : option.value)
    if (value === undefined) return []
    const title =
      words(firstChild(option, 'text', 'displayName', 'title')) ?? text({ value, pointer: '' }) ?? ''
    return [{ value, title }]
  })
}

function fitting(type: ParameterType, value: Json | undefined): Json | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (type === 'bool') return typeof value === 'string' ? value.toLowerCase() === 'true' : value
  if (type === 'int') return Number.isInteger(Number(value)) ? Number(value) : undefined
  return typeof value === 'object' ? undefined : String(value)
}
