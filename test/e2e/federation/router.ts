// A Hive Gateway in a process of its own, serving a supergraph.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, waitFor } from '../../harness/hub.ts'

const folder = join(import.meta.dirname, 'gateway')
const program = join(folder, 'node_modules/@graphql-hive/gateway/dist/bin.js')

export interface Router extends AsyncDisposable {
  readonly url: string
}

/** Installs what the lock file names, where it is not installed yet. */
export function installRouter(): void {
  if (existsSync(program)) return
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'pipe' })
}

/** Starts the router on a free port and waits until it answers. `supergraph` is the path of its SDL. */
export async function startRouter(supergraph: string): Promise<Router> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    process.execPath,
    [program, 'supergraph', supergraph, '--host', '127.0.0.1', '--port', String(port)],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)))
  const ended = once(child, 'exit')
  await waitFor(
    async () => {
      if (child.exitCode !== null)
        throw new Error(`The router ended with ${child.exitCode} before it was ready.\n${output}`)
      return (await fetch(`${url}/readiness`).catch(() => null))?.ok === true
    },
    () => `The router did not get ready.\n${output}`,
  )
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
