// setheader: sets a request or response header (connector-format §4.3).
import type { PolicyInstance } from '../../definition/index.ts'
import { evaluate } from '../expressions/evaluate.ts'
import { joined, jsonBody } from '../request/draft.ts'
import { isHeaderName, setHeader } from '../request/headers.ts'
import type { PolicyCall, PolicyTemplate } from './contract.ts'
import { existsAction, policyText } from './parameters.ts'

export const setHeaderPolicy = {
  names: ['setheader'],
  request(policy, call) {
    const name = policyText(policy, 'name').trim()
    const existing = call.draft.headers.get(name.toLowerCase())
    const action = existsAction(policy)
    // Packages carry names such as [[Dummy]], which no request can hold.
    if (!isHeaderName(name) || (action === 'skip' && existing)) return
    const { text, source } = headerText(policy, call)
    if (text === '' && name.toLowerCase() === 'authorization') return
    if (action === 'append' && existing)
      setHeader(call.draft, name, `${existing.value}, ${text}`, joined([existing.source, source]))
    else setHeader(call.draft, name, text, source)
  },
  response(policy, call, answer) {
    const name = policyText(policy, 'name').trim().toLowerCase()
    const existing = answer.headers[name]
    const action = existsAction(policy)
    if (action === 'skip' && existing !== undefined) return
    const { text } = headerText(policy, call)
    answer.headers[name] = action === 'append' && existing !== undefined ? `${existing}, ${text}` : text
  },
} satisfies PolicyTemplate

function headerText(policy: PolicyInstance, { connection, draft }: PolicyCall) {
  return evaluate(policyText(policy, 'value'), { connection, draft, body: jsonBody(draft) })
}
