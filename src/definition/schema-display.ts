// What a schema says about itself besides its type: labels, visibility, dynamic references, its form in XML.
import { dynamicSchema, dynamicValues } from './dynamic.ts'
import { child, firstChild, flag, type Node, present, words } from './node.ts'
import type { OperationNames } from './operation-names.ts'
import type { Reading } from './reading.ts'
import type { Schema, Visibility, XmlHints } from './schema-model.ts'

type Display = Pick<
  Schema,
  | 'title'
  | 'description'
  | 'nullable'
  | 'visibility'
  | 'deprecated'
  | 'readOnly'
  | 'writeOnly'
  | 'notificationUrl'
  | 'dynamicValues'
  | 'dynamicSchema'
  | 'xml'
>

/** Keys that may stand beside a `$ref` and change only what is shown (connector-format §2.1). */
export const displayKeys: ReadonlySet<string> = new Set([
  'title',
  'description',
  'nullable',
  'deprecated',
  'readOnly',
  'writeOnly',
  'default',
  'example',
  'examples',
  'xml',
])

/** Reads the keys that are there; the others are left out, so that the result can overlay a referenced schema. */
export function display(reading: Reading, names: OperationNames, node: Node): Display {
  const references = { reading, names }
  return present({
    title: words(firstChild(node, 'x-ms-summary', 'title')),
    description: words(child(node, 'description')),
    nullable: mark(firstChild(node, 'nullable', 'x-nullable')),
    visibility: visibility(node),
    deprecated: mark(child(node, 'deprecated')),
    readOnly: mark(child(node, 'readOnly')),
    writeOnly: mark(child(node, 'writeOnly')),
    notificationUrl: mark(child(node, 'x-ms-notification-url')),
    dynamicValues: dynamicValues(references, node),
    dynamicSchema: dynamicSchema(references, node),
    xml: xmlHints(child(node, 'xml')),
  })
}

function xmlHints(node: Node): XmlHints | undefined {
  const hints = present({
    name: words(child(node, 'name')),
    attribute: mark(child(node, 'attribute')),
    wrapped: mark(child(node, 'wrapped')),
  })
  return Object.keys(hints).length === 0 ? undefined : hints
}

/** Compared without case; `""` and unknown words are as good as none (§2.5). */
export function visibility(node: Node): Visibility | undefined {
  const word = words(child(node, 'x-ms-visibility'))?.toLowerCase()
  return word === 'important' || word === 'advanced' || word === 'internal' || word === 'normal'
    ? word
    : undefined
}

function mark(node: Node): true | undefined {
  return flag(node) === true ? true : undefined
}
