// Time that passes, unless it is enough.

/** False where the signal came meanwhile. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const over = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', over)
      resolve(!signal.aborted)
    }
    const timer = setTimeout(over, milliseconds)
    if (signal.aborted) over()
    else signal.addEventListener('abort', over)
  })
}
