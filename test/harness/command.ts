// The command line as somebody runs it: `node src/main.ts …` in a process of its own.
import { execFile } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface Ran {
  readonly code: number
  /** Standard output. */
  readonly output: string
  /** Standard error. */
  readonly errors: string
}

/** Runs a command to its end, whatever its exit code. */
export function runCommand(
  given: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['src/main.ts', ...given],
      { cwd: root, env: { ...process.env, ...env }, maxBuffer: 256 * 1024 * 1024 },
      (error, output, errors) => {
        const code = error === null ? 0 : error.code
        if (typeof code === 'number') resolve({ code, output, errors })
        else reject(error)
      },
    )
  })
}
