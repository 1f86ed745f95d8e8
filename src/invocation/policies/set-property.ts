// setproperty: writes a property of the body, of each element where its parent is an array (connector-format §4.3).

import type { Json } from '../../json.ts'
import { parseJson } from '../../json.ts'
import { evaluatePiece, type Scope } from '../expressions/evaluate.ts'
import { changeAt } from '../expressions/json-path.ts'
import { parsePath, parseSteps, parseTemplate } from '../expressions/parse.ts'
import type { PolicyTemplate } from './contract.ts'
import { onBody, setOnEach } from './on-body.ts'
import { policyText } from './parameters.ts'

export const setProperty = {
  names: ['setproperty'],
  ...onBody((policy, body, scope) => {
    const parent = parsePath(policyText(policy, 'newPropertyParentPathTemplate'))
    const steps = parseSteps(policyText(policy, 'newPropertySubPathTemplate'))
    const name = steps.at(-1)
    if (!parent || name === undefined) return body
    const template = policyText(policy, 'propertyValuePathTemplate')
    return changeAt(body, [...parent.path, ...steps.slice(0, -1)], holder =>
      setOnEach(holder, name, item => propertyValue(template, { ...scope, item })),
    )
  }),
} satisfies PolicyTemplate

/** Text, unless what stands there then is a JSON array or object. */
function propertyValue(template: string, scope: Scope): Json {
  const text = parseTemplate(template)
    // Only documents are evaluated here; the platform leaves everything else as it is written.
    .map(piece => (piece.kind === 'document' ? evaluatePiece(piece, scope).text : piece.source))
    .join('')
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return parseJson(text)
  } catch {
    return text
  }
}
