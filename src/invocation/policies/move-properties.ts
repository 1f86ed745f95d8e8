// moveproperties: lifts the members of a container into another object and drops the container (connector-format §4.3).
import { isJsonObject, type Json } from '../../json.ts'
import { changeAt, valueAt, withoutMember } from '../expressions/json-path.ts'
import { parsePath, parseSteps } from '../expressions/parse.ts'
import type { PolicyTemplate } from './contract.ts'
import { onBody } from './on-body.ts'
import { policyText } from './parameters.ts'

export const moveProperties = {
  names: ['moveproperties'],
  ...onBody((policy, body) => {
    const source = pathOf(policyText(policy, 'srcParentPath'), policyText(policy, 'srcSubPath'))
    const target = pathOf(policyText(policy, 'dstParentPath'), policyText(policy, 'dstSubPath'))
    const container = valueAt(body, source)
    const last = source.at(-1)
    if (!isJsonObject(container) || last === undefined) return body
    const without = changeAt(body, source.slice(0, -1), parent => withoutMember(parent, last))
    return changeAt(without, target, holder => merged(holder, container))
  }),
} satisfies PolicyTemplate

function pathOf(parent: string, sub: string): readonly (string | number)[] {
  return [...(parsePath(parent)?.path ?? []), ...(sub === '' ? [] : parseSteps(sub))]
}

function merged(holder: Json, members: Json): Json {
  if (!isJsonObject(holder) || !isJsonObject(members)) return holder
  return Object.fromEntries([...Object.entries(holder), ...Object.entries(members)])
}
