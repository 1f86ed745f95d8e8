// Which operations a package routes through its C# script, which the hub does not run (connector-format §1.2, §10).
import { child, elements, type Node, text } from './node.ts'
import type { OperationNames } from './operation-names.ts'
import type { Reading } from './reading.ts'

/**
 * Tells scripted operations. With the script file: those the properties list, all where they list none. Without it
 * (a document that was imported alone): those listed by name, for what their script does is missing all the same;
 * names of operations that do not exist are leftovers of a template.
 */
export function scriptedOperations(
  reading: Reading,
  names: OperationNames,
  hasScript: boolean,
): (id: string) => boolean {
  const properties = child(reading.properties, 'properties')
  const own = child(properties, 'scriptOperations')
  const listed = listedNames(
    own.value === undefined ? child(child(properties, 'script'), 'operationIds') : own,
  )
  const scripted = new Set(listed.map(name => names.find(name)).filter(id => id !== undefined))
  const all = hasScript && listed.length === 0
  const covers = (id: string) => all || scripted.has(id)
  const count = names.operations.filter(({ id }) => covers(id)).length
  if (count > 0) {
    reading.findings.warning(
      'SCRIPT_REQUIRED',
      `${count} of ${names.operations.length} operations run through the package's C# script and cannot be called.`,
    )
  }
  return covers
}

function listedNames(node: Node): readonly string[] {
  return elements(node)
    .map(text)
    .filter(name => name !== undefined)
}
