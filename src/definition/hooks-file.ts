// hooks.ts: code that stands in for a package's script. Reading never runs it, so what it stands in for is written in
// it as literals, `script: '<SHA-256>'` and `operations: ['<operationId>', …]`, each at the beginning of a line.
import { type Findings, quoted } from './findings.ts'
import type { HooksDefinition } from './model.ts'

export interface HooksFile {
  /** Absolute. */
  readonly path: string
  readonly text: string
}

interface Package {
  /** SHA-256 (hex) of the script file. */
  readonly script: string | null
  /** operationIds that the package routes through it. */
  readonly routed: readonly string[]
}

const scriptLiteral = /^\s*script:\s*(['"])([0-9a-f]{64})\1/im
const operationsLiteral = /^\s*operations:\s*\[([^\]]*)\]/m
const nameLiteral = /(['"])(.*?)\1/g

/**
 * The package's hooks; null where it has none, or where they stand in for another script than the package's: what
 * the script does now, nobody has compared them with.
 */
export function readHooks(
  file: HooksFile | null,
  { script, routed }: Package,
  findings: Findings,
): HooksDefinition | null {
  if (file === null) return null
  const replaced = scriptLiteral.exec(file.text)?.[2]?.toLowerCase()
  if (script === null) {
    findings.warning(
      'HOOK_INVALID',
      'hooks.ts stands in for a script, and the package has none; it is not used.',
    )
    return null
  }
  if (replaced === undefined) {
    findings.warning(
      'HOOK_INVALID',
      `hooks.ts does not say which script it stands in for and is not used; write script: '${script}', on a line of its own.`,
    )
    return null
  }
  if (replaced !== script) {
    findings.warning(
      'HOOK_OUTDATED',
      `hooks.ts stands in for the script with the SHA-256 ${replaced}, and the package's is ${script}: it is not used until somebody has compared the two and put the new one there.`,
    )
    return null
  }
  return { module: file.path, script, operations: hooked(file.text, routed, findings) }
}

/** Those that it lists; all where it lists none. */
function hooked(text: string, routed: readonly string[], findings: Findings): readonly string[] {
  const list = operationsLiteral.exec(text)?.[1]
  if (list === undefined) return routed
  const listed = [...list.matchAll(nameLiteral)].map(([, , name = '']) => name)
  for (const name of listed.filter(name => !routed.includes(name)))
    findings.warning(
      'HOOK_INVALID',
      `hooks.ts names ${quoted(name)}, which is no operation that the package routes through its script.`,
    )
  return routed.filter(id => listed.includes(id))
}
