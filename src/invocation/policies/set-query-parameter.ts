// setqueryparameter: sets, adds or defaults a query parameter (connector-format §4.3).
import { evaluate } from '../expressions/evaluate.ts'
import { jsonBody } from '../request/draft.ts'
import { decode, encodeValue } from '../request/percent-encoding.ts'
import type { PolicyTemplate } from './contract.ts'
import { existsAction, policyText } from './parameters.ts'

export const setQueryParameter = {
  names: ['setqueryparameter'],
  request(policy, { connection, draft }) {
    const name = decode(policyText(policy, 'name').trim())
    if (name === '') return
    const present = draft.query.some(pair => pair.name === name)
    const action = existsAction(policy)
    if (action === 'skip' && present) return
    const template = policyText(policy, 'value')
    const { text, source } = evaluate(template, { connection, draft, body: jsonBody(draft) })
    // An expression without a value sends nothing; a value that the package wrote out as empty is sent.
    if (text === '' && template !== '') return
    if (action === 'override') draft.query = draft.query.filter(pair => pair.name !== name)
    draft.query.push({ name, wire: encodeValue(text.toWellFormed()), source })
  },
} satisfies PolicyTemplate
