// A JSON value together with where it stands, so that every finding can point at its cause. Objects are read by
// their own members only: a document may name things `constructor` or `__proto__`.
import { isJsonObject, type Json } from '../json.ts'

export interface Node {
  /** Undefined where the document has nothing at this place. */
  readonly value: Json | undefined
  /** JSON pointer, RFC 6901; empty for the whole document. */
  readonly pointer: string
}

/** The member or element under `key`. */
export function child(node: Node, key: string | number): Node {
  const place = node.pointer + pointerStep(key)
  const { value } = node
  if (Array.isArray(value)) return { value: value[Number(key)], pointer: place }
  if (isJsonObject(value) && Object.hasOwn(value, key)) return { value: value[key], pointer: place }
  return { value: undefined, pointer: place }
}

/** Keys and indices as a JSON pointer. */
export function pointer(steps: readonly (string | number)[]): string {
  return steps.map(pointerStep).join('')
}

function pointerStep(step: string | number): string {
  return `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The first of `keys` that is there, else the first key's empty place. */
export function firstChild(node: Node, first: string, ...others: readonly string[]): Node {
  const found = [first, ...others].map(key => child(node, key)).find(({ value }) => value !== undefined)
  return found ?? child(node, first)
}

/** The member whose name equals `key` but for case; an exact match wins. */
export function childAnyCase(node: Node, key: string): Node {
  const exact = child(node, key)
  if (exact.value !== undefined) return exact
  const name = keysOf(node).find(candidate => candidate.toLowerCase() === key.toLowerCase())
  return name === undefined ? exact : child(node, name)
}

export function keysOf(node: Node): readonly string[] {
  return isJsonObject(node.value) ? Object.keys(node.value) : []
}

/** Members of an object in the document's order; none for anything else. */
export function members(node: Node): readonly (readonly [string, Node])[] {
  return keysOf(node).map(key => [key, child(node, key)] as const)
}

/** Elements of an array; none for anything else. */
export function elements(node: Node): readonly Node[] {
  return Array.isArray(node.value) ? node.value.map((_, index) => child(node, index)) : []
}

export function isObject(node: Node): boolean {
  return isJsonObject(node.value)
}

/** A string as it is; a number or a boolean as text, as YAML reads `version: 1` or `name: yes`. */
export function text(node: Node): string | undefined {
  const { value } = node
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

/** A string that says something; undefined for blank ones. */
export function words(node: Node): string | undefined {
  const value = text(node)?.trim()
  return value === '' ? undefined : value
}

/** Booleans, and their text: properties files spell them both ways (connector-format §3.2). */
export function flag(node: Node): boolean | undefined {
  if (typeof node.value === 'boolean') return node.value
  const value = text(node)?.trim().toLowerCase()
  return value === 'true' ? true : value === 'false' ? false : undefined
}

/** The strings of an array, trimmed; a lone string counts as a list of one. */
export function textList(node: Node): readonly string[] {
  const list = Array.isArray(node.value) ? elements(node) : [node]
  return list.map(words).filter(value => value !== undefined)
}

export function number(node: Node): number | undefined {
  if (typeof node.value === 'number') return node.value
  return typeof node.value === 'bigint' ? Number(node.value) : undefined
}

/** A record without a prototype, so that a key such as `__proto__` is a key like any other. */
export function record<T>(entries: Iterable<readonly [string, T]> = []): Record<string, T> {
  const result: Record<string, T> = Object.create(null)
  for (const [key, value] of entries) result[key] = value
  return result
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The object without the members that are undefined: absent and undefined differ in the model. */
export function present<T extends object>(value: T): Present<T>
export function present(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
}
