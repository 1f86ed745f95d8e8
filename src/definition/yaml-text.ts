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
import type { Parsed, Repair, Unparsable } from './parsed-text.ts'

/** Each alias is looked up by walking the document: many of them cost the square of its length. */
const mostAliases = 1_000

/** Parses one YAML document. `values` bounds what merging may write out. */
export function readYamlText(text: string, values: number): Parsed | Unparsable {
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
    const { targets, duplicates } = survey(document, lines)
    if (targets.size > mostAliases) return { problem: `It has more than ${mostAliases} aliases.` }
    if (writtenOut(document, targets) > values)
      return { problem: `It holds more than ${values} values, what its merge keys repeat included.` }
    const warnings = document.warnings.slice(0, mostDuplicates).map(({ message, linePos }) => ({
      message: `${linePos === undefined ? '' : `Line ${linePos[0].line}: `}${firstLine(message)}`,
    }))
    return { value: document.toJS({ maxAliasCount: mostAliases }), repairs: [...duplicates, ...warnings] }
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
}

function survey(document: Document.Parsed, lines: LineCounter): Survey {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node | undefined>()
  const duplicates: Repair[] = []
  visit(document, {
    Node(_key, node, path) {
      if (isAlias(node)) {
        targets.set(node, anchors.get(node.source))
        return targets.size > mostAliases ? visit.BREAK : undefined
      }
      if ('anchor' in node && node.anchor !== undefined) anchors.set(node.anchor, node)
      if (isMap(node) && duplicates.length < mostDuplicates)
        duplicates.push(...repeated(node, () => pointerOf([...path, node]), lines))
      return undefined
    },
  })
  return { targets, duplicates: duplicates.slice(0, mostDuplicates) }
}

function repeated(map: YAMLMap, pointer: () => string, lines: LineCounter): readonly Repair[] {
  const seen = new Set<string>()
  return map.items.flatMap(({ key }) => {
    if (!isScalar(key) || isMergeKey(key)) return []
    const name = String(key.value)
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    const { line } = lines.linePos(key.range?.[0] ?? 0)
    return [{ message: duplicateKey(name, line), pointer: pointer() }]
  })
}

function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || (key.type !== undefined && key.type !== Scalar.PLAIN)) return false
  return typeof key.value === 'symbol' ? key.value.description === '<<' : key.value === '<<'
}

/** Keys and indices on the way to the last node, escaped as RFC 6901 §3 has it. */
function pointerOf(path: readonly unknown[]): string {
  return path
    .flatMap((step, index) => {
      if (isPair(step)) return [isScalar(step.key) ? String(step.key.value) : '?']
      return isSeq(step) && index < path.length - 1 ? [String(step.items.indexOf(path[index + 1]))] : []
    })
    .map(name => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
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
