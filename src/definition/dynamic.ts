// x-ms-dynamic-values, -list, -tree (choices of a value) and -schema, -properties (a schema known only at run time)
// → DynamicReference (connector-format §6). The newer form wins where both are there.
import { isJsonObject } from '../json.ts'
import { quoted } from './findings.ts'
import { child, firstChild, isObject, members, type Node, record, text, words } from './node.ts'
import type { OperationNames } from './operation-names.ts'
import type { Reading } from './reading.ts'
import type { DynamicArgument, DynamicReference } from './schema-model.ts'

type References = { readonly reading: Reading; readonly names: OperationNames }

/** Choices for the value at this node, or undefined. */
export function dynamicValues(references: References, node: Node): DynamicReference | undefined {
  const list = child(node, 'x-ms-dynamic-list')
  if (isObject(list)) return referenceOf(references, list, 'itemValuePath')
  const values = child(node, 'x-ms-dynamic-values')
  if (isObject(values)) {
    return text(child(values, 'capability')) === undefined
      ? referenceOf(references, values, 'value-path')
      : picker(references, values)
  }
  // A tree's first level is a list; its deeper ones need the element that was clicked (§6.5).
  const open = child(child(node, 'x-ms-dynamic-tree'), 'open')
  return isObject(open) ? referenceOf(references, open, 'itemValuePath') : undefined
}

/** Where the schema of the value at this node comes from, or undefined. */
export function dynamicSchema(references: References, node: Node): DynamicReference | undefined {
  const properties = child(node, 'x-ms-dynamic-properties')
  if (isObject(properties)) return referenceOf(references, properties, 'itemValuePath')
  const schema = child(node, 'x-ms-dynamic-schema')
  return isObject(schema) ? referenceOf(references, schema, 'value-path') : undefined
}

function referenceOf(
  { reading, names }: References,
  node: Node,
  valueKey: 'itemValuePath' | 'value-path',
): DynamicReference | undefined {
  const called = words(child(node, 'operationId'))
  if (called === undefined) return undefined
  const operation = names.find(called)
  if (operation === undefined) {
    reading.findings.warning(
      'REFERENCE_UNRESOLVED',
      `There is no operation ${quoted(called)} to ask for choices or a schema.`,
      names.place(node),
    )
    return undefined
  }
  return {
    operation,
    arguments: record(members(child(node, 'parameters')).map(([name, value]) => [name, argument(value)])),
    itemsPath: path(firstChild(node, 'itemsPath', 'value-collection')),
    valuePath: path(child(node, valueKey)),
    titlePath: path(firstChild(node, 'itemTitlePath', 'value-title')),
  }
}

/** `{parameter}` (-values, -schema), `{parameterReference}` and `{value}` (-list, -properties), or the value itself. */
function argument(node: Node): DynamicArgument {
  const parameter = text(firstChild(node, 'parameterReference', 'parameter'))
  if (isJsonObject(node.value) && parameter !== undefined) return { parameter }
  const value = child(node, 'value').value
  return { value: isJsonObject(node.value) && value !== undefined ? value : (node.value ?? null) }
}

/** Paths are JSON pointers without the leading slash; some packages write it all the same. */
function path(node: Node): string {
  return (text(node) ?? '').replace(/^\//, '')
}

/** The legacy file picker: the field names a capability, and the document's root says how to open it (§6.5). */
function picker({ reading, names }: References, field: Node): DynamicReference | undefined {
  const capability = text(child(field, 'capability')) ?? ''
  const declared = child(child(reading.document, 'x-ms-capabilities'), capability)
  const reference = referenceOf({ reading, names }, child(declared, 'open'), 'value-path')
  if (reference === undefined) return undefined
  return {
    ...reference,
    itemsPath: path(child(declared, 'value-collection')),
    valuePath: path(child(field, 'value-path')) || path(child(declared, 'value-path')),
    titlePath: path(child(declared, 'value-title')),
  }
}
