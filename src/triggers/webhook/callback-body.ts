// The registration's body with the callback URL in every place that takes it (connector-format §5.2).
import { isJsonObject, type Json } from '../../json.ts'

/**
 * A copy of the body with `url` (or another text) at each path; missing parents are made, a whole number indexes an
 * array. Without a path the body as it is.
 */
export function withCallback(
  body: Json | undefined,
  paths: readonly (readonly string[])[],
  url: string,
): Json | undefined {
  if (paths.length === 0) return body
  return paths.reduce<Json>((value, path) => placed(value, path, url), body ?? {})
}

function placed(value: Json | undefined, path: readonly string[], url: string): Json {
  const [name, ...rest] = path
  if (name === undefined) return url
  if (Array.isArray(value) && /^\d+$/.test(name)) {
    const items = [...value]
    items[Number(name)] = placed(value[Number(name)], rest, url)
    return items
  }
  const members = isJsonObject(value) ? value : {}
  return { ...members, [name]: placed(members[name], rest, url) }
}
