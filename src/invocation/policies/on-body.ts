// Policies that rewrite a JSON body work alike on the request's and on the response's.
import type { PolicyInstance } from '../../definition/index.ts'
import type { Json } from '../../json.ts'
import type { Scope } from '../expressions/evaluate.ts'
import { changeAt, setAt, valueAt, withMember } from '../expressions/json-path.ts'
import { parsePath, parseSteps } from '../expressions/parse.ts'
import { Bytes } from '../invocation.ts'
import type { Answer, PolicyCall } from './contract.ts'
import { policyText } from './parameters.ts'

export type BodyChange = (policy: PolicyInstance, body: Json, scope: Scope) => Json

/** The two handlers of a template that changes a body. A body that is not JSON is left alone. */
export function onBody(change: BodyChange) {
  return {
    request(policy: PolicyInstance, { connection, draft }: PolicyCall): void {
      if (draft.body.kind !== 'json') return
      const { value } = draft.body
      draft.body = { ...draft.body, value: change(policy, value, { connection, draft, body: value }) }
    },
    response(policy: PolicyInstance, { connection, draft }: PolicyCall, answer: Answer): void {
      if (answer.body instanceof Bytes) return
      answer.body = change(policy, answer.body, { connection, draft, body: answer.body })
    },
  }
}

/**
 * Reads `propertyParentPath`.`propertySubPath` and writes what `convert` makes of it to `newPropertyPath`: once, or for
 * each element where the parent is an array and the target is `@item()`. Undefined from `convert` changes nothing.
 */
export function convertProperty(
  policy: PolicyInstance,
  body: Json,
  convert: (value: Json) => Json | undefined,
): Json {
  const parent = parsePath(policyText(policy, 'propertyParentPath'))
  const target = parsePath(policyText(policy, 'newPropertyPath'))
  if (!parent || !target) return body
  const subPath = policyText(policy, 'propertySubPath')
  const sub = subPath === '' ? [] : parseSteps(subPath)
  const converted = (holder: Json) => {
    const value = valueAt(holder, sub)
    return value === undefined ? undefined : convert(value)
  }
  if (target.root === 'item')
    return changeAt(body, parent.path, holder =>
      eachElement(holder, element => {
        const value = converted(element)
        return value === undefined ? element : setAt(element, target.path, value)
      }),
    )
  const holder = valueAt(body, parent.path)
  const value = holder === undefined ? undefined : converted(holder)
  return value === undefined ? body : setAt(body, target.path, value)
}

/** Changes every element of an array, or the value itself. */
function eachElement(holder: Json, change: (element: Json) => Json): Json {
  return Array.isArray(holder) ? holder.map(change) : change(holder)
}

/** Sets a property of an object, or of every object in an array. */
export function setOnEach(holder: Json, name: string | number, value: (element: Json) => Json): Json {
  return eachElement(holder, element => withMember(element, name, value(element)))
}
