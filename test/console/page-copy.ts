// A copy of the console's sources in a temporary folder, so that building it never touches the page of this tree.
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

export interface PageCopy extends AsyncDisposable {
  /** Where the build writes. */
  readonly dist: string
  /** The copied `src/console`. */
  readonly sources: string
  /** Runs the build command; resolves with what it printed, rejects where it exits with another code than 0. */
  build(...flags: string[]): Promise<string>
}

/** `dependencies: false` leaves out node_modules, as an installation without development dependencies would. */
export async function copyPage({ dependencies }: { dependencies: boolean }): Promise<PageCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'junctor-console-'))
  const sources = join(folder, 'src/console')
  const dist = join(sources, 'dist')
  await mkdir(sources, { recursive: true })
  await cp(join(root, 'src/console'), sources, {
    recursive: true,
    filter: source => source !== join(root, 'src/console/dist'),
  })
  await cp(join(root, 'package.json'), join(folder, 'package.json'))
  await cp(join(root, 'package-lock.json'), join(folder, 'package-lock.json'))
  if (dependencies) await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return {
    dist,
    sources,
    async build(...flags) {
      const { stdout, stderr } = await run(process.execPath, [join(sources, 'build.ts'), ...flags], {
        cwd: folder,
      })
      return stdout + stderr
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
