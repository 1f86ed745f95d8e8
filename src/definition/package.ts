// A package folder → ConnectorDefinition: its texts are read here, and only its own files.
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { type Bounds, defaultBounds } from './bounds.ts'
import { decode } from './decode.ts'
import { noParts, readSource } from './document.ts'
import { createFindings, type Findings } from './findings.ts'
import type { ReadResult } from './model.ts'
import { noDefinition, packageFiles } from './package-files.ts'
import { slug } from './slug.ts'

export interface ReadPackageOptions {
  /** The name findPackages gave; else the slug of the folder. */
  readonly name?: string
  readonly bounds?: Partial<Bounds>
}

/**
 * Reads the package in `folder`. Bad content gives findings and perhaps no definition, never a throw; a folder that
 * cannot be listed throws NOT_FOUND.
 */
export async function readPackage(
  folder: string,
  options: ReadPackageOptions = {},
): Promise<ReadResult & { readonly name: string }> {
  const bounds = { ...defaultBounds, ...options.bounds }
  const findings = createFindings(bounds)
  const name = options.name ?? slug(basename(resolve(folder)))
  const files = await packageFiles(resolve(folder))
  if (files.definition === null) {
    findings.error('FILE_MISSING', files.problem ?? `The folder has ${noDefinition}`)
    return { name, definition: null, diagnostics: findings.list() }
  }
  const document = await readText(files.definition, findings, bounds)
  const properties = files.properties === null ? null : await readText(files.properties, findings, bounds)
  if (document === null) return { name, definition: null, diagnostics: findings.list() }
  const hooks = files.hooks === null ? null : await readText(files.hooks, findings, bounds)
  const parts = {
    icon: files.icon,
    webapp: files.webapp,
    script: files.script === null ? null : await digest(files.script, findings, bounds),
    hooks: files.hooks === null || hooks === null ? null : { path: files.hooks, text: hooks },
  }
  return { name, ...readSource({ name, document, properties }, parts, findings, bounds) }
}

/**
 * Reads a single Swagger or OpenAPI file as a connector without properties, icon or code. A name that is not given is
 * the slug of the file's, up to its first dot.
 */
export async function readDocumentFile(
  path: string,
  options: ReadPackageOptions = {},
): Promise<ReadResult & { readonly name: string }> {
  const bounds = { ...defaultBounds, ...options.bounds }
  const findings = createFindings(bounds)
  const name = options.name ?? slug(basename(path).replace(/\..*$/, ''))
  const document = await readText(path, findings, bounds)
  if (document === null) return { name, definition: null, diagnostics: findings.list() }
  return { name, ...readSource({ name, document, properties: null }, noParts, findings, bounds) }
}

/** Null, with an ERROR, for a file that cannot be read or is too large; no more than the bound is ever in memory. */
async function readText(path: string, findings: Findings, bounds: Bounds): Promise<string | null> {
  const bytes = await readBytes(path, findings, bounds)
  return bytes && decode(bytes, findings)
}

/** SHA-256 of a file's bytes as hex; null as `readText` has it. */
async function digest(path: string, findings: Findings, bounds: Bounds): Promise<string | null> {
  const bytes = await readBytes(path, findings, bounds)
  return bytes && createHash('sha256').update(bytes).digest('hex')
}

async function readBytes(path: string, findings: Findings, bounds: Bounds): Promise<Buffer | null> {
  const file = basename(path)
  try {
    await using handle = await open(path, 'r')
    const buffer = Buffer.alloc(Math.min((await handle.stat()).size, bounds.bytes) + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    if (length > bounds.bytes) {
      findings.error('FILE_TOO_LARGE', `${file} is larger than ${bounds.bytes} bytes.`)
      return null
    }
    return buffer.subarray(0, length)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    findings.error('FILE_MISSING', `${file} cannot be read: ${reason}.`)
    return null
  }
}
