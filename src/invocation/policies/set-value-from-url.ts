// setvaluefromurl: a call on the way whose answer gives a header or query parameter its value (connector-format §4.3).
import { JunctorError } from '../../errors.ts'
import { valueAt } from '../expressions/json-path.ts'
import { parsePath, parseTemplate } from '../expressions/parse.ts'
import { Bytes } from '../invocation.ts'
import { textOf } from '../request/argument-values.ts'
import { type Draft, isCredential } from '../request/draft.ts'
import { setHeader } from '../request/headers.ts'
import { encodeValue } from '../request/percent-encoding.ts'
import type { PolicyCall, PolicyTemplate } from './contract.ts'
import { policyText } from './parameters.ts'
import { routeOf } from './route.ts'

export const setValueFromUrl = {
  names: ['setvaluefromurl'],
  async request(policy, call) {
    const [target] = parseTemplate(policyText(policy, 'parameterTemplate').trim())
    const value = await fetchValue(
      policyText(policy, 'parameterValueUrl'),
      policyText(policy, 'httpMethod'),
      policyText(policy, 'parameterValuePathTemplate'),
      call,
    )
    if (target?.kind !== 'scalar') return
    const { name, from } = target
    if (from === 'headers') setHeader(call.draft, name, value, 'answer')
    else if (from === 'queryParameters')
      call.draft.query = [
        ...call.draft.query.filter(pair => pair.name !== name),
        { name, wire: encodeValue(value.toWellFormed()), source: 'answer' },
      ]
  },
} satisfies PolicyTemplate

async function fetchValue(url: string, method: string, path: string, call: PolicyCall): Promise<string> {
  const route = routeOf(url, call)
  const named = new Set(route.query.map(pair => pair.name))
  const credentials = call.draft.query.filter(pair => isCredential(pair.source) && !named.has(pair.name))
  const side: Draft = {
    method: method.toUpperCase() === 'POST' ? 'POST' : method.toUpperCase() === 'PUT' ? 'PUT' : 'GET',
    base: call.draft.base,
    path: route.path,
    query: [...route.query, ...credentials],
    headers: new Map(call.draft.headers),
    body: { kind: 'none' },
  }
  const { body } = await call.send(side)
  const parsed = parsePath(path)
  const value = parsed && !(body instanceof Bytes) ? valueAt(body, parsed.path) : undefined
  if (value !== undefined && value !== null) return textOf(value)
  throw new JunctorError(
    'UPSTREAM_INVALID',
    `The call that must come before this operation answered without ${path.replace(/^@/, '')}, so the operation cannot be called.`,
  )
}
