// SIGTERM and SIGINT, heard from the first moment on: a start that a signal ends must leave no database behind.

/** Aborts at the first signal. A second one ends the process at once, as it would without this. */
export function listenForEnd(): AbortSignal {
  const ending = new AbortController()
  const end = (): void => {
    for (const name of names) process.off(name, end)
    ending.abort()
  }
  for (const name of names) process.on(name, end)
  return ending.signal
}

const names = ['SIGTERM', 'SIGINT'] as const

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
