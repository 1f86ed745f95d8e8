// Paths into JSON, read and written without changing the original.
import { isJsonObject, type Json } from '../../json.ts'

export type JsonPath = readonly (string | number)[]

/** The value at the path; undefined where there is none. */
export function valueAt(root: Json | undefined, path: JsonPath): Json | undefined {
  return path.reduce<Json | undefined>(memberOf, root)
}

function memberOf(value: Json | undefined, key: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined
  if (isJsonObject(value)) return Object.hasOwn(value, key) ? value[String(key)] : undefined
  return undefined
}

/** The root with the value at `path` replaced by what `change` makes of it; the root itself where there is no such place. */
export function changeAt(root: Json, path: JsonPath, change: (value: Json) => Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return change(root)
  const member = memberOf(root, key)
  return member === undefined ? root : withMember(root, key, changeAt(member, rest, change))
}

/** The root with `value` at `path`; its parent must exist, else nothing changes. */
export function setAt(root: Json, path: JsonPath, value: Json): Json {
  const key = path.at(-1)
  if (key === undefined) return value
  return changeAt(root, path.slice(0, -1), parent => withMember(parent, key, value))
}

/** An object or array with one member set; any other value is itself. */
export function withMember(parent: Json, key: string | number, value: Json): Json {
  if (Array.isArray(parent) && typeof key === 'number')
    return key < parent.length ? parent.with(key, value) : parent
  if (!isJsonObject(parent)) return parent
  return Object.fromEntries([...Object.entries(parent), [String(key), value]])
}

/** An object without one member; any other value is itself. */
export function withoutMember(parent: Json, key: string | number): Json {
  if (!isJsonObject(parent)) return parent
  return Object.fromEntries(Object.entries(parent).filter(([name]) => name !== String(key)))
}
