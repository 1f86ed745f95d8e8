// What a hosted process may not do, as far as Node's permission model reaches: https://nodejs.org/api/permissions.html
// The model does not cover SQLite files and sockets; sqlite-fence.ts and network-fence.ts do, inside the child.
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { HostedCode } from './hosted-code.ts'
import type { HostedPlace } from './places.ts'

const heapMegabytes = 256

/** The hub's own package: the child runs its code and its dependencies. */
const root = join(import.meta.dirname, '..', '..')

/** Nothing of the hub's environment but what makes a process behave the same everywhere. */
export const hostedEnvironment = { TZ: 'UTC' }

/**
 * Command line options for Node: no child processes, workers, addons, WASI, inspector and `eval`; reading only code
 * and its own folders, writing only its own folders. Of its package, hooks read their own file.
 */
export function confine({ kind, module }: HostedCode, place: HostedPlace): string[] {
  const readable = [
    ...['src', 'node_modules', 'package.json'].map(name => join(root, name)),
    ...(kind === 'webapp' ? [...packageMarkers(dirname(module)), dirname(module)] : [module]),
    place.dataFolder,
    place.socketFolder,
  ]
  return [
    '--permission',
    ...readable.filter(existsSync).map(path => `--allow-fs-read=${realpathSync(path)}`),
    ...[place.dataFolder, place.socketFolder].map(path => `--allow-fs-write=${realpathSync(path)}`),
    '--disallow-code-generation-from-strings',
    '--disable-warning=ExperimentalWarning',
    `--max-old-space-size=${heapMegabytes}`,
  ]
}

/** Node looks for a package.json and for node_modules in every folder above a module. */
function packageMarkers(folder: string): string[] {
  const above = dirname(folder)
  const markers = [join(folder, 'package.json'), join(folder, 'node_modules')]
  return above === folder ? markers : [...markers, ...packageMarkers(above)]
}
