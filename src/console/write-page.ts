// Puts a built page on the disk so that a hub which serves the old one meanwhile never shows half of the new one:
// hashed files first, then the page that names them, then the stamp, and only then what is no longer named goes.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface PageFile {
  /** Relative to the built folder, with `/`. */
  readonly path: string
  readonly content: string | Uint8Array
}

const folder = join(import.meta.dirname, 'dist')
const stampFile = join(folder, '.stamp')

/** The stamp of the page as it stands, or null where there is none. */
export async function builtStamp(): Promise<string | null> {
  try {
    return await readFile(stampFile, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Replaces the built page by `files`; `stamp` says from which sources they come. */
export async function writePage(files: readonly PageFile[], stamp: string): Promise<void> {
  const isPage = (file: PageFile) => file.path.endsWith('.html')
  const ordered = [...files.filter(file => !isPage(file)), ...files.filter(isPage)]
  for (const file of ordered) await place(join(folder, file.path), file.content)
  await place(stampFile, stamp)
  await removeOthers(new Set([stampFile, ...files.map(file => join(folder, file.path))]))
}

async function place(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, content)
  await rename(draft, file)
}

async function removeOthers(kept: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name)
    if (entry.isFile() && !kept.has(file)) await rm(file, { force: true })
  }
}
