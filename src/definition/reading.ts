// What every step of reading one document works with: the document, its dialect, its findings, and references.
import type { Bounds } from './bounds.ts'
import { type Findings, quoted } from './findings.ts'
import { child, isObject, type Node } from './node.ts'

export type Dialect = 'swagger-2.0' | 'openapi-3.0' | 'openapi-3.1'

export interface Reading {
  readonly document: Node
  /** Root of apiProperties.json; its value is undefined where there is none. */
  readonly properties: Node
  readonly dialect: Dialect
  readonly findings: Findings
  readonly bounds: Bounds
}

/** Tells of a part that only the other of Swagger 2.0 and OpenAPI 3 has. */
export function otherDialect(
  { findings, dialect }: Reading,
  part: string,
  isRead: boolean,
  place: { readonly pointer: string; readonly operation: string },
): void {
  const [own, other] = dialect === 'swagger-2.0' ? ['Swagger 2.0', 'OpenAPI 3'] : ['OpenAPI 3', 'Swagger 2.0']
  const outcome = isRead ? `it is read as ${other} means it` : 'it was left out'
  findings.warning('DOCUMENT_INVALID', `${part} is no part of ${own}; ${outcome}.`, place)
}

/** References that refer to references end here. */
const longestChain = 32

/** The reference at this node, if it is one. A property that is called `$ref` is an object and so none. */
export function referenceAt(node: Node): string | undefined {
  const { value } = child(node, '$ref')
  return typeof value === 'string' ? value : undefined
}

/**
 * The node itself, or what its `$ref` leads to. Only `#/…` is followed: a document never makes the hub open a file
 * or a URL. An unresolved reference is told and gives a node without a value.
 */
export function follow(reading: Reading, node: Node): Node {
  let current = node
  for (let hops = 0; hops < longestChain; hops++) {
    const reference = referenceAt(current)
    if (reference === undefined) return current
    const target = locate(reading.document, reference)
    if (target?.value === undefined) return unresolved(reading, node, reference)
    current = target
  }
  return unresolved(reading, node, referenceAt(node) ?? '')
}

function unresolved({ findings }: Reading, node: Node, reference: string): Node {
  findings.warning('REFERENCE_UNRESOLVED', `Nothing in the document answers to ${quoted(reference)}.`, {
    pointer: node.pointer,
  })
  return { value: undefined, pointer: node.pointer }
}

/** Where `#/a/b` points; undefined for a reference out of the document. */
export function locate(document: Node, reference: string): Node | undefined {
  const steps = referenceSteps(reference)
  if (steps === undefined) return undefined
  return steps.reduce(
    (node, step) => (isObject(node) || Array.isArray(node.value) ? child(node, step) : absent(node, step)),
    document,
  )
}

function absent(node: Node, step: string): Node {
  return { value: undefined, pointer: `${node.pointer}/${step}` }
}

/** The members a local reference names: a JSON pointer as a URI fragment (RFC 6901 §6). */
export function referenceSteps(reference: string): readonly string[] | undefined {
  if (!reference.startsWith('#/')) return undefined
  return reference
    .slice(2)
    .split('/')
    .map(step => percentDecoded(step).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function percentDecoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch (error) {
    // A stray percent sign stands for itself.
    if (error instanceof URIError) return step
    throw error
  }
}
