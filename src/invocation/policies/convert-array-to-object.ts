// convertarraytoobject: the elements of an array under the value of one of their members (connector-format §4.3).
import { isJsonObject } from '../../json.ts'
import { valueAt, withoutMember } from '../expressions/json-path.ts'
import { parsePath, parseSteps } from '../expressions/parse.ts'
import { textOf } from '../request/argument-values.ts'
import type { PolicyTemplate } from './contract.ts'
import { convertProperty, onBody } from './on-body.ts'
import { policyText } from './parameters.ts'

export const convertArrayToObject = {
  names: ['convertarraytoobject'],
  ...onBody((policy, body) => {
    const keyText = policyText(policy, 'keyWithinCollectionPath')
    const path = parsePath(keyText)?.path ?? parseSteps(keyText)
    const retainKey = policyText(policy, 'retainKey').toLowerCase() !== 'false'
    return convertProperty(policy, body, value => {
      if (!Array.isArray(value)) return undefined
      const entries = value.flatMap(element => {
        const key = valueAt(element, path)
        if (key === undefined || key === null) return []
        const rest = retainKey ? element : withoutMember(element, path[0] ?? '')
        // An element of nothing but its key means: remove it.
        const empty = isJsonObject(rest) && Object.keys(rest).length === 0
        return [[textOf(key), empty ? null : rest] as const]
      })
      return Object.fromEntries(entries)
    })
  }),
} satisfies PolicyTemplate
