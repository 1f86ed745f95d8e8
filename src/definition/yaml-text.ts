// YAML text → the value, with what YAML's parser would pass over told: keys that are there twice, tags it does not
// know. Merge keys (https://yaml.org/type/merge.html) are merged, as every generator of these documents expects.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  visit,
  type YAMLMap,
} from 'yaml'
import { duplicateKey, mostDuplicates } from './duplicate-keys.ts'
import { quoted } from './findings.ts'
import { pointer } from './node.ts'
import type { Parsed, Repair, Unparsable } from './parsed-text.ts'

/** Each alias is looked up by walking the document: many of them cost the square of its length. */
const mostAliases = 1_000

export interface ParsedYaml extends Parsed {
  /** Keys in flow style without a value, as in `{a:1}`, where YAML reads the key `a:1`. They are among the repairs too. */
  readonly bareKeys: readonly Repair[]
}

/** Parses one YAML document. `values` bounds what merging may write out. */
export function readYamlText(text: string, values: number): ParsedYaml | Unparsable {
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, {
      uniqueKeys: false,
      merge: true,
      intAsBigInt: true,
      logLevel: 'silent',
      lineCounter: lines,
    })
    const [problem] = document.errors
    if (problem !== undefined) return { problem: firstLine(problem.message) }
    const { targets, duplicates, bareKeys } = survey(document, lines)
    if (targets.size > mostAliases) return { problem: `It has more than ${mostAliases} aliases.` }
    if (writtenOut(document, targets) > values)
      return { problem: `It holds more than ${values} values, what its merge keys repeat included.` }
    const warnings = document.warnings.slice(0, mostDuplicates).map(({ message, linePos }) => ({
      message: `${linePos === undefined ? '' : `Line ${linePos[0].line}: `}${firstLine(message)}`,
    }))
    const value: unknown = document.toJS({ maxAliasCount: mostAliases })
    return { value, repairs: [...duplicates, ...bareKeys, ...warnings], bareKeys }
  } catch (error) {
    // Aliases past the count, nesting past the stack: the parser throws, and the text is at fault.
    if (!(error instanceof Error)) throw error
    return { problem: firstLine(error.message) }
  }
}

interface Survey {
  /** What each alias stands for: the last node before it that has its anchor. */
  readonly targets: ReadonlyMap<Alias, Node | undefined>
  readonly duplicates: readonly Repair[]
  readonly bareKeys: readonly Repair[]
}

function survey(document: Document.Parsed, lines: LineCounter): Survey {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node | undefined>()
  const duplicates: Repair[] = []
  const bareKeys: Repair[] = []
  visit(document, {
    Node(_key, node, path) {
      if (isAlias(node)) {
        targets.set(node, anchors.get(node.source))
        return targets.size > mostAliases ? visit.BREAK : undefined
      }
      if ('anchor' in node && node.anchor !== undefined) anchors.set(node.anchor, node)
      if (!isMap(node)) return undefined
      const place = () => pointerOf([...path, node])
      if (duplicates.length < mostDuplicates) duplicates.push(...repeated(node, place, lines))
      if (node.flow && bareKeys.length < mostDuplicates) bareKeys.push(...bare(node, place, lines))
      return undefined
    },
  })
  const told = (repairs: readonly Repair[]) => repairs.slice(0, mostDuplicates)
  return { targets, duplicates: told(duplicates), bareKeys: told(bareKeys) }
}

function bare(map: YAMLMap, place: () => string, lines: LineCounter): readonly Repair[] {
  return map.items.flatMap(({ key, value }) => {
    if (value !== null || !isScalar(key)) return []
    const { line } = lines.linePos(key.range?.[0] ?? 0)
    const message = `Line ${line}: the key ${quoted(String(key.value))} has no value and was read as null.`
    return [{ message, pointer: place() }]
  })
}

function repeated(map: YAMLMap, place: () => string, lines: LineCounter): readonly Repair[] {
  const seen = new Set<string>()
  return map.items.flatMap(({ key }) => {
    if (!isScalar(key) || isMergeKey(key)) return []
    const name = String(key.value)
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    const { line } = lines.linePos(key.range?.[0] ?? 0)
    return [{ message: duplicateKey(name, line), pointer: place() }]
  })
}

function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || (key.type !== undefined && key.type !== Scalar.PLAIN)) return false
  return typeof key.value === 'symbol' ? key.value.description === '<<' : key.value === '<<'
}

/** Keys and indices on the way to the last node. */
function pointerOf(path: readonly unknown[]): string {
  return pointer(
    path.flatMap((step, index) => {
      if (isPair(step)) return [isScalar(step.key) ? String(step.key.value) : '?']
      return isSeq(step) && index < path.length - 1 ? [String(step.items.indexOf(path[index + 1]))] : []
    }),
  )
}

/**
 * How many values are written out: everything below a merged mapping is made anew at each merge, and what that merges
 * once more. An alias elsewhere counts as one, for its value is shared; maxAliasCount bounds those.
 */
function writtenOut(document: Document.Parsed, targets: Survey['targets']): number {
  const known = new Map<Node, number>()
  const weigh = (node: unknown): number => {
    if (isPair(node)) return isMergeKey(node.key) ? weighMerged(node.value) : weigh(node.value)
    if (!isMap(node) && !isSeq(node)) return 1
    const before = known.get(node)
    if (before !== undefined) return before
    // One that merges itself never ends.
    known.set(node, Number.POSITIVE_INFINITY)
    let weight = 1
    for (const item of node.items) weight += weigh(item)
    known.set(node, weight)
    return weight
  }
  const weighMerged = (source: unknown): number => {
    const node = isAlias(source) ? targets.get(source) : source
    if (!isSeq(node)) return weigh(node)
    let weight = 0
    for (const item of node.items) weight += weigh(isAlias(item) ? targets.get(item) : item)
    return weight
  }
  return weigh(document.contents)
}

function firstLine(message: string): string {
  return `${message.split('\n', 1)[0]?.replace(/[:.]$/, '')}.`
}
