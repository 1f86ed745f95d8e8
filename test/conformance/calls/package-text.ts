// A package as its author wrote it: plain JSON of its two files. What checks the calls reads these and nothing that the
// hub made of them; only where a file is no JSON at all is the hub's own repair used to get at it.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultBounds } from '../../../src/definition/bounds.ts'
import { createFindings } from '../../../src/definition/findings.ts'
import { parseText } from '../../../src/definition/parse-text.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../src/json.ts'

export interface PackageText {
  readonly document: JsonObject
  /** The member `properties` of apiProperties.json; empty where there is no such file. */
  readonly properties: JsonObject
  readonly hasScript: boolean
}

export async function readPackageText(folder: string): Promise<PackageText> {
  const names = await readdir(folder)
  const named = (pattern: RegExp) => names.find(name => pattern.test(name))
  const swagger = named(/^apidefinition\.swagger\.json$/i) ?? named(/\.swagger\.json$/i)
  const properties = named(/^apiproperties\.json$/i)
  if (swagger === undefined) throw new Error(`${folder} holds no swagger file.`)
  return {
    document: objectOf(await readJson(join(folder, swagger))),
    properties:
      properties === undefined ? {} : member(await readJson(join(folder, properties)), 'properties'),
    hasScript: named(/script\.csx?$/i) !== undefined,
  }
}

async function readJson(path: string): Promise<Json> {
  const text = decoded(await readFile(path)).replace(/^\uFEFF/, '')
  try {
    return JSON.parse(text)
  } catch {
    return parseText(text, path, createFindings(defaultBounds), defaultBounds)
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** The value where it is an object, else an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** A member that is an object, or an empty one. */
export function member(value: Json | undefined, name: string): JsonObject {
  return objectOf(own(value, name))
}

/** A member of any kind; undefined where there is none. */
export function own(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

/** The elements of an array, or none. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

/** What a local reference points at, through further references; the node itself where it is none. */
export function followed(document: JsonObject, node: Json | undefined, hops = 20): JsonObject {
  const reference = own(node, '$ref')
  if (typeof reference !== 'string' || hops === 0) return objectOf(node)
  return followed(document, at(document, reference), hops - 1)
}

function at(document: JsonObject, reference: string): Json | undefined {
  let node: Json | undefined = document
  for (const step of steps(reference)) node = Array.isArray(node) ? node[Number(step)] : own(node, step)
  return node
}

/** `#/definitions/a~1b` → its names. */
export function steps(reference: string): readonly string[] {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .map(step => decodedStep(step).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function decodedStep(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
