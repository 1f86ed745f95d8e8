// Which operations a package routes through its C# script, which the hub does not run, and which of them its hooks
// stand in for (connector-format §1.2, §10).
import { type HooksFile, readHooks } from './hooks-file.ts'
import type { HooksDefinition } from './model.ts'
import { child, elements, type Node, text } from './node.ts'
import type { OperationNames } from './operation-names.ts'
import type { Reading } from './reading.ts'

/** What a package has besides its texts. */
export interface ScriptFiles {
  /** SHA-256 (hex) of the script file's bytes; null where there is none. */
  readonly script: string | null
  readonly hooks: HooksFile | null
}

export interface Scripted {
  /** True for an operation that its script is missing for. */
  readonly lacks: (id: string) => boolean
  readonly hooks: HooksDefinition | null
}

/**
 * Tells scripted operations. With the script file: those the properties list, all where they list none. Without it
 * (a document that was imported alone): those listed by name, for what their script does is missing all the same;
 * names of operations that do not exist are leftovers of a template.
 */
export function readScript(reading: Reading, names: OperationNames, files: ScriptFiles): Scripted {
  const properties = child(reading.properties, 'properties')
  const own = child(properties, 'scriptOperations')
  const listed = listedNames(
    own.value === undefined ? child(child(properties, 'script'), 'operationIds') : own,
  )
  const scripted = new Set(listed.map(name => names.find(name)).filter(id => id !== undefined))
  const all = files.script !== null && listed.length === 0
  const routed = names.operations.map(({ id }) => id).filter(id => all || scripted.has(id))
  const hooks = readHooks(files.hooks, { script: files.script, routed }, reading.findings)
  const hooked = new Set(hooks?.operations)
  const lacking = new Set(routed.filter(id => !hooked.has(id)))
  if (lacking.size > 0)
    reading.findings.warning(
      'SCRIPT_REQUIRED',
      `${lacking.size} of ${names.operations.length} operations run through the package's C# script and cannot be called${adviceFor(files, hooks)}.`,
    )
  return { lacks: id => lacking.has(id), hooks }
}

function adviceFor({ script, hooks }: ScriptFiles, read: HooksDefinition | null): string {
  if (script === null) return ''
  if (hooks === null) return `; a hooks.ts beside it can stand in for them, with script: '${script}'`
  return read === null ? '' : '; its hooks.ts does not name them'
}

function listedNames(node: Node): readonly string[] {
  return elements(node)
    .map(text)
    .filter(name => name !== undefined)
}
