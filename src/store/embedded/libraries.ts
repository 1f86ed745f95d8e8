// npm packages hold no symbolic links: PostgreSQL's libraries get theirs from an install script, which many installs
// (`--ignore-scripts`, allow lists) do not run. What is missing is made here.
import { lstat, readFile, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { JunctorError } from '../../errors.ts'
import type { Binaries } from './binaries.ts'

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }))

/** Makes the links that the package lists (`source` exists, `target` is the link). Throws STORE_UNAVAILABLE. */
export async function linkLibraries({ postgres }: Binaries): Promise<void> {
  const folder = join(dirname(postgres), '../..')
  const list = await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of linksSchema.parse(JSON.parse(list))) {
    const link = join(folder, target)
    if (await isThere(link)) continue
    try {
      await symlink(basename(source), link)
    } catch (cause) {
      // Another hub that starts at the same moment makes them too.
      if (await isThere(link)) continue
      throw new JunctorError(
        'STORE_UNAVAILABLE',
        `The libraries of the embedded PostgreSQL are not linked, and ${link} cannot be made: run \`npm rebuild\` as the user who installed Junctor, or set DATABASE_URL.`,
        { cause },
      )
    }
  }
}

function isThere(link: string): Promise<boolean> {
  return lstat(link).then(
    () => true,
    () => false,
  )
}
