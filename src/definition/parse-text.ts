// Text of a definition or properties file → a plain JSON value, bounded, or null with an ERROR that says why.
import { isJsonObject, type Json, parseJson } from '../json.ts'
import type { Bounds } from './bounds.ts'
import { duplicateKeys } from './duplicate-keys.ts'
import type { Findings } from './findings.ts'
import { tokenReader } from './json-tokens.ts'
import { record } from './node.ts'
import type { Parsed, Unparsable } from './parsed-text.ts'
import { repairJson } from './repair-json.ts'
import { readYamlText } from './yaml-text.ts'

/**
 * Parses JSON (repaired where need be) or YAML. Objects of the result have no prototype; integers that a number
 * cannot hold are bigint. `file` names the text in findings.
 */
export function parseText(text: string, file: string, findings: Findings, bounds: Bounds): Json {
  const body = text.replace(/^\uFEFF/, '')
  const json = beginsLikeJson(body)
  const bytes = Buffer.byteLength(text)
  const fitsYaml = bytes <= bounds.yamlBytes
  if (bytes > bounds.bytes || !(json || fitsYaml)) {
    const most = json ? bounds.bytes : Math.min(bounds.bytes, bounds.yamlBytes)
    const format = json ? '' : ', the most that is read of YAML'
    findings.error('FILE_TOO_LARGE', `${file} is larger than ${most} bytes${format}.`)
    return null
  }
  const parsed = json ? readJsonFirst(body, fitsYaml, bounds) : readYamlFirst(body, bounds)
  if ('problem' in parsed) {
    findings.error('SYNTAX_INVALID', `${file} ${parsed.problem}`)
    return null
  }
  for (const { message, pointer } of parsed.repairs)
    findings.warning('SYNTAX_REPAIRED', `${file}: ${message}`, pointer === undefined ? {} : { pointer })
  const copy = plainCopy(parsed.value, bounds)
  if ('problem' in copy) {
    findings.error('DOCUMENT_INVALID', `${file} ${copy.problem}.`)
    return null
  }
  return copy.value
}

/** Whether the first thing but comments is a bracket: of JSON, or of YAML's flow style, which looks like it. */
function beginsLikeJson(text: string): boolean {
  const { kind } = tokenReader(text)()
  return kind === '{' || kind === '['
}

function readJsonFirst(text: string, fitsYaml: boolean, { values }: Bounds): Parsed | Unparsable {
  const json = readJson(text)
  if (!('problem' in json)) return json
  const yaml = fitsYaml ? readYamlText(text, values) : null
  const likeJson = namesInDoubleQuotes(text)
  const noJson = { problem: `is no JSON, and not to be repaired. ${json.problem}` }
  if (yaml === null) return noJson
  if ('problem' in yaml) return likeJson ? noJson : { problem: `is no YAML. ${yaml.problem}` }
  // What YAML takes for a key without a value, such as `{a:1}`, is text of some other format.
  if (yaml.bareKeys.length > 0) return noJson
  const asYaml = { message: `The text is no JSON, and was read as YAML. ${json.problem}` }
  return { value: yaml.value, repairs: [...(likeJson ? [asYaml] : []), ...yaml.repairs] }
}

function readYamlFirst(text: string, { values }: Bounds): Parsed | Unparsable {
  const yaml = readYamlText(text, values)
  if (!('problem' in yaml)) return yaml
  // JSON that YAML cannot take, below comments that JSON cannot.
  const uncommented = text.replace(leadingComments, lines => lines.replace(/[^\n]/g, ''))
  const json = uncommented === text || !beginsLikeJson(uncommented) ? null : readJson(uncommented)
  if (json === null || 'problem' in json) return { problem: `is no YAML. ${yaml.problem}` }
  return { ...json, repairs: [{ message: 'Line 1: comments were left out.' }, ...json.repairs] }
}

const leadingComments = /^(?:[^\S\n]*(?:#[^\n]*)?\n)+/

/** Whether it looks like JSON beyond its first bracket too; the error that is told is then JSON's. */
function namesInDoubleQuotes(text: string): boolean {
  const next = tokenReader(text)
  next()
  return ['string', '{', '[', '}', ']'].includes(next().kind)
}

function readJson(text: string): Parsed | Unparsable {
  const strict = strictJson(text)
  return strict === null ? repairJson(text) : { value: strict.value, repairs: duplicateKeys(text) }
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
