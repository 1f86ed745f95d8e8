// Files put where the request's `map` says (https://github.com/jaydenseric/graphql-multipart-request-spec).
import { z } from 'zod'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json.ts'
import type { UploadedFile } from '../../uploaded-file.ts'
import { malformed, shown } from './part-head.ts'

const places = z.record(z.string(), z.array(z.string()).min(1))

/**
 * The operation of `operations`, with files in the places of `map`. Both are JSON text; `files` are by the names of
 * their parts. Throws BAD_INPUT for what does not fit together.
 */
export function placeFiles(
  operations: string,
  map: string,
  files: ReadonlyMap<string, UploadedFile>,
): JsonObject {
  const operation = jsonOf('operations', operations)
  if (Array.isArray(operation))
    throw malformed('`operations` is a list, and the hub takes one operation in a request; send each alone')
  if (!isJsonObject(operation)) throw malformed('`operations` is no JSON object')
  const mapped = places.safeParse(jsonOf('map', map))
  if (!mapped.success) throw malformed('`map` is no JSON object of lists of paths')
  const unplaced = [...files.keys()].find(name => !Object.hasOwn(mapped.data, name))
  if (unplaced !== undefined) throw malformed(`\`map\` names no place for the part ${shown(unplaced)}`)
  let placed = operation
  for (const [name, paths] of Object.entries(mapped.data)) {
    const file = files.get(name)
    if (!file) throw malformed(`\`map\` names the part ${shown(name)}, which did not come`)
    for (const path of paths) placed = placedAt(placed, path, file)
  }
  return placed
}

function placedAt(operation: JsonObject, path: string, file: UploadedFile): JsonObject {
  const [first, ...keys] = path.split('.')
  const { variables } = operation
  if (first === 'variables' && keys.length > 0 && isJsonObject(variables)) {
    const filled = filledAt(variables, keys, file)
    if (filled !== null) return { ...operation, variables: filled }
  }
  throw malformed(
    `\`map\` names the place ${shown(path)}, and \`operations\` has no null there for a file to replace`,
  )
}

/** Null where there is no null at the place. */
function filledAt(value: Json | undefined, keys: readonly string[], file: UploadedFile): Json {
  const [key, ...rest] = keys
  if (key === undefined) return value === null ? file : null
  if (Array.isArray(value)) {
    const index = /^(?:0|[1-9]\d{0,5})$/.test(key) ? Number(key) : -1
    const filled: Json = index in value ? filledAt(value[index], rest, file) : null
    return filled && value.with(index, filled)
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, key)) return null
  const filled = filledAt(value[key], rest, file)
  return filled && Object.fromEntries([...Object.entries(value), [key, filled]])
}

function jsonOf(part: string, text: string): Json {
  try {
    return parseJson(text)
  } catch {
    throw malformed(`\`${part}\` is no JSON`)
  }
}
