// dynamichosturl: replaces scheme, host and base path by a template (connector-format §4.3). A connection that names its
// own base URL has settled the address, and keeps it.
import type { OpenConnection } from '../../connections/index.ts'
import { JunctorError } from '../../errors.ts'
import { type Evaluated, evaluatePiece, type Scope } from '../expressions/evaluate.ts'
import { type Piece, parseTemplate } from '../expressions/parse.ts'
import { readBase } from '../request/base-url.ts'
import { type Draft, isSuspect, joined, jsonBody } from '../request/draft.ts'
import { hasDotSegment } from '../request/path.ts'
import { readQuery } from '../request/query.ts'
import type { PolicyTemplate } from './contract.ts'
import { policyText } from './parameters.ts'

export const dynamicHostUrl = {
  names: ['dynamichosturl', 'dynamicsubdomain'],
  request(policy, { connection, draft, hostOpen, followed }) {
    const template = policyText(policy, 'urlTemplate')
    if (template.trim() === '') return
    const scope = { connection, draft, body: jsonBody(draft) }
    const pieces = parseTemplate(template)
    if (!hostOpen) {
      if (connection?.baseUrl && !followed) appendTail(draft, tailOf(pieces, scope))
      return
    }
    const values = pieces.map((piece, index) => {
      const value = evaluatePiece(piece, scope)
      return piece.kind === 'text' ? value : { ...value, text: joinable(value.text, pieces[index + 1]) }
    })
    if (holdsSecret(connection)) assertHostIsThePackages(values)
    const text = values.map(value => value.text).join('')
    const { base, query } = readBase(text, 'The address that the parameters make')
    const path = text.replace(/^[a-z]+:\/\/[^/]*/i, '').split('?')[0] ?? ''
    if (hasDotSegment(path)) throw dotSegment()
    draft.base = base
    draft.query.unshift(...readQuery(query, joined(queryValues(values).map(({ source }) => source))))
  },
} satisfies PolicyTemplate

/**
 * Where an argument is the whole host, the base URL of the connection stands for it, and not for the path that the
 * package writes behind it. Empty where the package or the connection names the host: the base URL replaces all of that.
 */
function tailOf(pieces: readonly Piece[], scope: Scope): readonly Evaluated[] {
  const [scheme, host, ...rest] = pieces
  const [behind, ...more] = rest
  if (scheme?.kind !== 'text' || !/^\s*https?:\/\/$/i.test(scheme.source)) return []
  if (!host || host.kind === 'text' || !isSuspect(evaluatePiece(host, scope).source)) return []
  if (behind?.kind !== 'text' || !/^[/?]/.test(behind.source)) return []
  return [behind, ...more].map(piece => evaluatePiece(piece, scope))
}

function appendTail(draft: Draft, tail: readonly Evaluated[]): void {
  const [path = '', query = ''] = tail
    .map(({ text }) => text)
    .join('')
    .split(/\?(.*)/s)
  if (hasDotSegment(path)) throw dotSegment()
  const own = path.replace(/\/+$/, '')
  if (!draft.base.endsWith(own)) draft.base += own
  draft.query.unshift(...readQuery(query, joined(queryValues(tail).map(({ source }) => source))))
}

function dotSegment(): JunctorError {
  return new JunctorError(
    'ARGUMENT_INVALID',
    'The address that the parameters make holds the path segment "." or ".."; leave it out.',
  )
}

/** What people type into a template's place: a space around it, a slash before the template's own. */
function joinable(typed: string, next: Piece | undefined): string {
  return next?.source.startsWith('/') ? typed.trim().replace(/\/+$/, '') : typed.trim()
}

/** A key may stand in a parameter that its package does not call secret. */
function holdsSecret(connection: OpenConnection | null): boolean {
  if (!connection) return false
  return Object.keys(connection.secrets).length > 0 || connection.authentication.keys.length > 0
}

/** The values that reach behind the first question mark. */
function queryValues(values: readonly Evaluated[]): readonly Evaluated[] {
  const first = values.findIndex(({ text }) => text.includes('?'))
  return first === -1 ? [] : values.slice(first)
}

/**
 * A caller who may use a connection must not be able to send its credential elsewhere: arguments may fill labels below
 * a domain that the package names, and no more.
 */
function assertHostIsThePackages(values: readonly Evaluated[]): void {
  const text = values.map(value => value.text).join('')
  const start = /^(?:[a-z][a-z\d+.-]*:\/\/)*/i.exec(text)?.[0].length ?? 0
  const end = start + text.slice(start).search(/[/?#\\]|$/)
  let offset = 0
  for (const value of values) {
    const [from, to] = [offset, offset + value.text.length]
    offset = to
    if (!isSuspect(value.source) || from >= end) continue
    const domain = text.slice(to, Math.max(to, end)).replace(/^[^.]*\./, '')
    if (/^[a-z\d.-]*$/i.test(value.text) && from >= start && domain.includes('.')) continue
    throw new JunctorError(
      'EGRESS_REFUSED',
      'An argument of this operation would choose the host that the credential goes to; set the base URL of the connection to that host instead.',
    )
  }
}
