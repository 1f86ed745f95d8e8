// The whole of an answer, gathered as undici hands it over: a handler of the dispatcher costs a third of what a stream
// does that somebody reads.
import type { Dispatcher } from 'undici'
import type { Progress } from './wire.ts'

export interface Gathered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** As it came, perhaps compressed. */
  readonly body: Buffer
  /** True where the body was longer than the cap, and is cut there. */
  readonly cut: boolean
}

export interface Gathering {
  /** Bytes of the body that are kept of an answer with this status. What is longer is not read to its end. */
  readonly cap: (status: number) => number
  readonly signal: AbortSignal
  readonly progress: Progress | undefined
}

/** Throws what undici throws; rejects with the signal's reason when it aborts. */
export function gather(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { cap, signal, progress }: Gathering,
): Promise<Gathered> {
  return new Promise((resolve, reject) => {
    let head: Pick<Gathered, 'status' | 'headers'> | null = null
    let most = 0
    let size = 0
    const chunks: Buffer[] = []
    let abort: ((reason: unknown) => void) | null = null
    const onAbort = (): void => {
      abort?.(signal.reason)
      fail(signal.reason)
    }
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', onAbort)
      reject(error)
    }
    const finish = (cut: boolean): void => {
      signal.removeEventListener('abort', onAbort)
      const [only] = chunks
      const whole = only && chunks.length === 1 ? only : Buffer.concat(chunks)
      if (head) resolve({ ...head, body: cut ? whole.subarray(0, most) : whole, cut })
    }
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', onAbort)
    dispatcher.dispatch(request, {
      onRequestStart(controller) {
        if (signal.aborted) return controller.abort(asError(signal.reason))
        abort = reason => controller.abort(asError(reason))
        progress?.sent()
      },
      onResponseStart(_controller, status, headers) {
        // 1xx: the answer is still to come.
        if (status < 200) return
        head = { status, headers }
        most = cap(status)
        progress?.answered()
      },
      onResponseData(controller, chunk) {
        size += chunk.length
        chunks.push(chunk)
        if (size <= most) return
        finish(true)
        // The rest would only be read to be thrown away; the connection goes with it.
        controller.abort(new Error('The body is longer than what is kept of it.'))
      },
      onResponseEnd: () => finish(false),
      onResponseError: (_controller, error) => fail(error),
    })
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
