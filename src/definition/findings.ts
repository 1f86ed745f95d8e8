// What reading finds on its way, collected in order and bounded.
import type { Bounds } from './bounds.ts'
import type { Diagnostic, DiagnosticCode } from './diagnostic.ts'

type Severity = Diagnostic['severity']

/** Where a finding is: a JSON pointer, and the operation it concerns. */
interface Place {
  readonly pointer?: string
  readonly operation?: string
}

export interface Findings {
  error(code: DiagnosticCode, message: string, place?: Place): void
  warning(code: DiagnosticCode, message: string, place?: Place): void
  info(code: DiagnosticCode, message: string, place?: Place): void
  /** All findings so far; the last line tells how many were left out. */
  list(): readonly Diagnostic[]
}

/** An empty collection. The same finding is kept once, as shared schemas are read many times. */
export function createFindings(bounds: Bounds): Findings {
  const kept: Diagnostic[] = []
  const seen = new Set<string>()
  let dropped = 0
  const add = (severity: Severity, code: DiagnosticCode, message: string, place: Place = {}) => {
    const key = JSON.stringify([code, place.pointer, place.operation, message])
    if (seen.has(key)) return
    if (kept.length >= bounds.diagnostics && severity !== 'ERROR') {
      dropped += 1
      return
    }
    seen.add(key)
    kept.push({ severity, code, message, ...place })
  }
  return {
    error: (code, message, place) => add('ERROR', code, message, place),
    warning: (code, message, place) => add('WARNING', code, message, place),
    info: (code, message, place) => add('INFO', code, message, place),
    list: () =>
      dropped === 0
        ? [...kept]
        : [
            ...kept,
            {
              severity: 'WARNING',
              code: 'DOCUMENT_INVALID',
              message: `${dropped} more findings were left out.`,
            },
          ],
  }
}

/** A name out of a document, quoted and short enough for a message. */
export function quoted(name: string): string {
  return `"${name.length > 80 ? `${name.slice(0, 77)}...` : name}"`
}

/** One finding as one line: severity, code, place, operation, message. Safe to print on a terminal. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { severity, code, pointer, operation, message } = diagnostic
  return [severity, code, pointer ?? '-', operation ?? '-', message].map(printable).join('  ')
}

/** One line a finding, in order; empty where there is none. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(formatDiagnostic).join('\n')
}

/** Names come from strangers' documents: control and format characters could rewrite what the terminal shows. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    character => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
