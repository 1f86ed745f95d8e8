// stringtoarray: a list in one text becomes an array of objects (connector-format §4.3).
import type { PolicyTemplate } from './contract.ts'
import { convertProperty, onBody } from './on-body.ts'
import { policyText } from './parameters.ts'

export const stringToArray = {
  names: ['stringtoarray'],
  ...onBody((policy, body) => {
    const delimiters = new Set(policyText(policy, 'delimiterList'))
    const child = policyText(policy, 'childPropertyName')
    return convertProperty(policy, body, value => {
      if (typeof value !== 'string') return undefined
      return split(value, delimiters).map(piece =>
        child === '' ? piece : Object.fromEntries([[child, piece]]),
      )
    })
  }),
} satisfies PolicyTemplate

/** Each character is a delimiter; empty pieces are dropped. */
function split(text: string, delimiters: ReadonlySet<string>): string[] {
  const pieces = ['']
  for (const character of text)
    if (delimiters.has(character)) pieces.push('')
    else pieces.push(`${pieces.pop() ?? ''}${character}`)
  return pieces.map(piece => piece.trim()).filter(piece => piece !== '')
}
