// The body of an opened call: read whole within the bounds of a call, passed on while it comes, or given up.
import type { Clock } from '../clock.ts'
import { startDeadline } from './call-deadline.ts'
import { bytesOf, type OpenedBody } from './invocation.ts'
import type { Performed } from './perform-call.ts'
import type { Limits } from './transport/limits.ts'
import { tooLarge } from './transport/read-body.ts'

interface About {
  readonly limits: Pick<Limits, 'totalMs' | 'responseBytes' | 'streamedBytes'>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** What an error of the body is to the caller. */
  readonly told: (error: unknown) => unknown
}

/** Waits for the first bytes; null where there are none. Throws what reading the body throws. */
export async function openedBody(result: Performed, about: About): Promise<OpenedBody | null> {
  const { limits, clock, signal, told } = about
  const { left } = result
  const { contentType, data } = bytesOf(result.body, result.headers['content-type'])
  const source = left ? left.read(limits.streamedBytes) : chunksOf(data)
  const first = await source.next()
  if (first.done) return null
  const length = left ? declaredLength(result.headers) : data.byteLength
  let state: 'open' | 'taken' | 'released' = 'open'
  let read: Promise<Uint8Array> | null = null

  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    try {
      yield first.value ?? new Uint8Array()
      yield* source
    } catch (error) {
      throw told(error)
    } finally {
      await source.return()
    }
  }

  async function collect(): Promise<Uint8Array> {
    using deadline = startDeadline(clock, limits.totalMs, signal)
    const stop = () => left?.abort(deadline.signal.reason)
    deadline.signal.addEventListener('abort', stop, { once: true })
    const parts: Uint8Array[] = []
    let size = 0
    for await (const chunk of chunks()) {
      size += chunk.byteLength
      if (size > limits.responseBytes) throw told(tooLarge(limits.responseBytes))
      parts.push(chunk)
    }
    return Buffer.concat(parts)
  }

  return {
    contentType: contentType || 'application/octet-stream',
    length,
    isReleased: () => state === 'released',
    bytes() {
      state = 'taken'
      read ??= collect()
      return read
    },
    chunks() {
      state = 'taken'
      return chunks()
    },
    release() {
      if (state !== 'open') return
      state = 'released'
      void source.return()
    },
  }
}

async function* chunksOf(data: Uint8Array): AsyncGenerator<Uint8Array, void> {
  if (data.byteLength > 0) yield data
}

/** What HTTP promises; of a compressed body it says nothing. */
function declaredLength(headers: Performed['headers']): number | null {
  const { 'content-length': length, 'content-encoding': encoding = '' } = headers
  return length !== undefined && /^\d{1,15}$/.test(length) && /^(?:identity)?$/i.test(encoding.trim())
    ? Number(length)
    : null
}
