// Operations that stand where none is looked for: a bracket too few, and a path or an operation lies inside its
// neighbour; one too many, and it lies beside `paths`. Reading passes them over, so they are told here.
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { quoted } from './findings.ts'
import { pointer } from './node.ts'
import { isHttpMethod, type NamedOperation } from './operation-names.ts'
import type { Reading } from './reading.ts'

/** Places where operations and samples of them may stand uncalled. */
const uncalled = new Set(['callbacks', 'pathItems', 'example', 'examples'])

/** Tells OPERATION_SKIPPED for every operation of the document that is not among those that were found. */
export function tellLostOperations({ document, findings }: Reading, found: readonly NamedOperation[]): void {
  const known = new Set(found.map(({ node }) => node.value))
  const steps: string[] = []
  const visit = (value: Json) => {
    const entries = isJsonObject(value) ? Object.entries(value) : Array.isArray(value) ? value.entries() : []
    for (const [key, member] of entries) {
      if (typeof member !== 'object' || member === null || uncalled.has(String(key))) continue
      steps.push(String(key))
      if (isJsonObject(member) && isOperation(member, String(key)) && !known.has(member)) tell(member)
      visit(member)
      steps.pop()
    }
  }
  const tell = (operation: JsonObject) => {
    const id = typeof operation.operationId === 'string' ? operation.operationId : undefined
    findings.warning(
      'OPERATION_SKIPPED',
      `The operation ${quoted(id ?? steps.at(-1) ?? '')} stands where none is looked for: move it to a path of its own, or look for a bracket that is missing or too many.`,
      { pointer: pointer(steps), ...(id === undefined ? {} : { operation: id }) },
    )
  }
  visit(document.value ?? null)
}

function isOperation(value: JsonObject, key: string): boolean {
  if (!Object.hasOwn(value, 'responses') || !isJsonObject(value.responses)) return false
  return isHttpMethod(key) || (Object.hasOwn(value, 'operationId') && typeof value.operationId === 'string')
}
