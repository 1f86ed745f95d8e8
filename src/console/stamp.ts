// A fingerprint of everything the built page depends on: its sources and the lock file that pins its libraries.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

const room = import.meta.dirname
const lockFile = join(room, '..', '..', 'package-lock.json')

/** The hash, hexadecimal. Equal sources give equal stamps on every machine; the built page itself is left out. */
export async function sourceStamp(): Promise<string> {
  const entries = await readdir(room, { recursive: true, withFileTypes: true })
  const files = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => !relative(room, file).startsWith(`dist${sep}`))
  const hash = createHash('sha256')
  for (const file of [...files, lockFile].sort()) {
    const content = await readFile(file)
    hash.update(`${relative(room, file).replaceAll(sep, '/')} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}
