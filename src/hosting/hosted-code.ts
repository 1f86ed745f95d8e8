// The kinds of code that the hub hosts, and in what their processes differ.
import { join } from 'node:path'
import type { ConnectorDefinition } from '../definition/index.ts'
import type { HookStart, WebappStart } from './messages.ts'
import type { HostedPlace } from './places.ts'

export type HostedCode =
  | { readonly kind: 'webapp'; readonly module: string }
  | { readonly kind: 'hooks'; readonly module: string; readonly script: string }

interface Kind {
  /** As logs and errors call it. */
  readonly title: string
  /** What its process runs. */
  readonly program: string
  /** Code that never yields answers nobody: a process without heartbeats for so long is killed. */
  readonly silentMilliseconds: number
}

export const kinds: Readonly<Record<HostedCode['kind'], Kind>> = {
  webapp: {
    title: 'webapp',
    program: join(import.meta.dirname, 'child.ts'),
    silentMilliseconds: 30_000,
  },
  /** As long as one may take between two answers: a longer one has failed, and others wait behind it. */
  hooks: {
    title: 'hooks process',
    program: join(import.meta.dirname, 'hook-child.ts'),
    silentMilliseconds: 10_000,
  },
}

/** What the connector's calls pass through; null where it is nothing of its own. */
export function hostedCode({ webapp, hooks }: ConnectorDefinition): HostedCode | null {
  if (webapp !== null) return { kind: 'webapp', module: webapp }
  return hooks && { kind: 'hooks', module: hooks.module, script: hooks.script }
}

/** The one command line argument of its process. */
export function startOf(
  code: HostedCode,
  { socketPath, dataFolder }: HostedPlace,
  allowPrivate: readonly string[],
): WebappStart | HookStart {
  const { module } = code
  return code.kind === 'webapp'
    ? { module, socketPath, dataFolder, allowPrivate }
    : { module, socketPath, script: code.script }
}
