// Text of a definition or properties file → a plain JSON value, bounded, or null with an ERROR that says why.
import { type Document, parseDocument, visit } from 'yaml'
import { isJsonObject, type Json, parseJson } from '../json.ts'
import type { Bounds } from './bounds.ts'
import { duplicateKeys } from './duplicate-keys.ts'
import type { Findings } from './findings.ts'
import { record } from './node.ts'
import { repairJson } from './repair-json.ts'

/**
 * Parses JSON (repaired where need be) or YAML. Objects of the result have no prototype; integers that a number
 * cannot hold are bigint. `file` names the text in findings.
 */
export function parseText(text: string, file: string, findings: Findings, bounds: Bounds): Json {
  const body = text.replace(/^\uFEFF/, '')
  const json = /^\s*[{[]/.test(body)
  const most = json ? bounds.bytes : Math.min(bounds.bytes, bounds.yamlBytes)
  if (Buffer.byteLength(text) > most) {
    const format = json ? '' : ', the most that is read of YAML'
    findings.error('FILE_TOO_LARGE', `${file} is larger than ${most} bytes${format}.`)
    return null
  }
  const raw = json ? readJson(body, file, findings) : readYaml(body, file, findings)
  if (raw === undefined) return null
  const copy = plainCopy(raw, bounds)
  if ('problem' in copy) {
    findings.error('DOCUMENT_INVALID', `${file} ${copy.problem}.`)
    return null
  }
  return copy.value
}

function readJson(text: string, file: string, findings: Findings): unknown {
  const strict = strictJson(text)
  if (strict !== null) {
    for (const sentence of duplicateKeys(text)) findings.warning('SYNTAX_REPAIRED', `${file}: ${sentence}`)
    return strict.value
  }
  const result = repairJson(text)
  if ('problem' in result) {
    findings.error('SYNTAX_INVALID', `${file} is no JSON, and not to be repaired. ${result.problem}`)
    return undefined
  }
  for (const repair of result.repairs) findings.warning('SYNTAX_REPAIRED', `${file}: ${repair}`)
  if (result.repairs.length === 0) {
    findings.warning('SYNTAX_REPAIRED', `${file} holds comments or control characters, which JSON forbids.`)
  }
  return result.value
}

function readYaml(text: string, file: string, findings: Findings): unknown {
  try {
    const document = parseDocument(text, { uniqueKeys: false, intAsBigInt: true, logLevel: 'silent' })
    const [problem] = document.errors
    if (problem !== undefined) {
      findings.error('SYNTAX_INVALID', `${file} is no YAML. ${firstLine(problem.message)}`)
      return undefined
    }
    if (countAliases(document) > mostAliases) {
      findings.error('SYNTAX_INVALID', `${file} has more than ${mostAliases} YAML aliases.`)
      return undefined
    }
    return document.toJS({ maxAliasCount: mostAliases })
  } catch (error) {
    // Aliases past the count, nesting past the stack: the parser throws, and the text is at fault.
    if (!(error instanceof Error)) throw error
    findings.error('SYNTAX_INVALID', `${file} is no YAML that can be read. ${firstLine(error.message)}`)
    return undefined
  }
}

/** Each alias is looked up by walking the document: many of them cost the square of its length. */
const mostAliases = 1_000

function countAliases(document: Document.Parsed): number {
  let count = 0
  visit(document, {
    Alias() {
      count += 1
      return count > mostAliases ? visit.BREAK : undefined
    },
  })
  return count
}

function firstLine(message: string): string {
  return `${message.split('\n', 1)[0]?.replace(/:$/, '')}.`
}

/** A copy in null-prototype objects, cut off where it passes the bounds. YAML aliases are written out by it. */
function plainCopy(value: unknown, bounds: Bounds): { readonly value: Json } | { readonly problem: string } {
  let left = bounds.values
  let problem: string | null = null
  const copy = (member: unknown, depth: number): Json => {
    left -= 1
    if (left < 0) problem ??= `holds more than ${bounds.values} values`
    if (depth > bounds.depth) problem ??= `nests deeper than ${bounds.depth} levels`
    if (problem !== null) return null
    if (Array.isArray(member)) return member.map(element => copy(element, depth + 1))
    if (isJsonObject(member)) {
      return record(Object.entries(member).map(([key, inner]) => [key, copy(inner, depth + 1)] as const))
    }
    return scalar(member)
  }
  const result = copy(value, 0)
  return problem === null ? { value: result } : { problem }
}

function scalar(value: unknown): Json {
  if (typeof value === 'bigint')
    return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return typeof value === 'string' || typeof value === 'boolean' ? value : null
}

/** Parses text that follows the grammar; null where it does not. */
function strictJson(text: string): { readonly value: Json } | null {
  try {
    return { value: parseJson(text) }
  } catch (error) {
    // RangeError: nested past the stack.
    if (error instanceof SyntaxError || error instanceof RangeError) return null
    throw error
  }
}
