// While somebody works on connectors: an edited, added or removed package is taken up without a restart.
import { type FSWatcher, watch } from 'node:fs'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../telemetry/index.ts'

/** Editors write in several steps; what follows this soon belongs together. */
const settleMilliseconds = 150
/** Notices may be lost (a file in a folder that is seconds old): look again anyway. */
const backstopMilliseconds = 5_000

interface Options {
  readonly folders: readonly string[]
  /** Looks at what is there and takes up what differs. */
  readonly rescan: () => Promise<void>
  readonly clock: Clock
  readonly logger: Logger
}

/** Rescans soon after a change below the folders, never twice at once. Disposing waits for a rescan under way. */
export function watchFolders({ folders, rescan, clock, logger }: Options): AsyncDisposable {
  let cancel = () => {}
  let scanning: Promise<void> | null = null
  let changed = false
  let stopped = false

  function plan(milliseconds: number): void {
    cancel()
    if (!stopped) cancel = clock.after(milliseconds, scan)
  }

  function scan(): void {
    changed = false
    scanning = rescan()
      .catch(error =>
        logger.warn({ error }, 'The folders of connectors could not be read; they are again soon.'),
      )
      .finally(() => {
        scanning = null
        plan(changed ? settleMilliseconds : backstopMilliseconds)
      })
  }

  function notice(): void {
    changed = true
    if (!scanning) plan(settleMilliseconds)
  }

  const watchers = folders.map((folder): FSWatcher => {
    const watcher = watch(folder, { recursive: true, persistent: false }, notice)
    watcher.on('error', error => logger.warn({ error, folder }, 'A folder of connectors is watched no more.'))
    return watcher
  })
  // Something may have changed between the first reading and now.
  plan(settleMilliseconds)

  return {
    async [Symbol.asyncDispose]() {
      stopped = true
      cancel()
      for (const watcher of watchers) watcher.close()
      await scanning
    },
  }
}
