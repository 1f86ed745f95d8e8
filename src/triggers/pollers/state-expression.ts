// Expressions of a polling policy: text with @triggerBody() paths, bare or in @{…} (connector-format §4.4, §5.3).
import { type Json, printJson } from '../../json.ts'
import { valueAt } from './answer.ts'

const call = /@(\{\s*)?(?:triggerBody|body)\(\)/gi
/** One step: .name or ['name'] or [0], each may be optional with ?. */
const step = /\??(?:\.([A-Za-z_$][\w$]*)|\[(\d+)\]|\['([^']*)'\])/y

/**
 * The text with each expression replaced by what it finds in the body: strings as they are, all else as JSON. Null
 * where an expression finds nothing, so that the caller keeps what it had. Anything that is no such expression is text.
 */
export function evaluateState(text: string, body: Json): string | null {
  let result = ''
  let end = 0
  for (const match of text.matchAll(call)) {
    const { path, end: pathEnd } = readPath(text, match.index + match[0].length)
    const braced = match[1] !== undefined
    const close = braced ? text.slice(pathEnd).match(/^\s*\}/) : null
    if (braced && !close) continue
    const value = valueAt(body, path)
    if (value === undefined || value === null) return null
    result += text.slice(end, match.index) + (typeof value === 'string' ? value : printJson(value))
    end = pathEnd + (close?.[0].length ?? 0)
  }
  return result + text.slice(end)
}

/** The path of a lone expression such as `@triggerBody().value`; null for anything else. */
export function expressionPath(text: string): readonly (string | number)[] | null {
  const match = text.trim().match(/^@?(?:triggerBody|body)\(\)|^@\{\s*(?:triggerBody|body)\(\)/i)
  if (!match) return null
  const { path, end } = readPath(text.trim(), match[0].length)
  return /^\s*\}?$/.test(text.trim().slice(end)) ? path : null
}

function readPath(text: string, from: number): { path: (string | number)[]; end: number } {
  const path: (string | number)[] = []
  let end = from
  for (;;) {
    step.lastIndex = end
    const match = step.exec(text)
    if (!match) return { path, end }
    path.push(match[2] === undefined ? (match[1] ?? match[3] ?? '') : Number(match[2]))
    end = step.lastIndex
  }
}
