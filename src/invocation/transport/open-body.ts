// The body of an answer that is left in its connection until somebody reads it, at the reader's pace.
import { pipeline, Readable, type Transform } from 'node:stream'
import type { Dispatcher } from 'undici'
import { brokenCoding, decodersFor, tooLarge } from './read-body.ts'

export interface OpenBody {
  /**
   * The body, decompressed; to be asked for once. Leaving the loop gives the connection back. Throws UPSTREAM_INVALID
   * for more than `limit` bytes and for what cannot be decompressed, and what breaks the connection.
   */
  read(limit: number): AsyncGenerator<Uint8Array, void>
  /** Breaks the connection; whoever reads gets the reason. */
  abort(reason: Error): void
}

interface Source {
  readonly stream: Dispatcher.ResponseData['body']
  readonly encoding: string
  /** As the API declares it, if it does. */
  readonly contentLength: string | undefined
  /** What an error of the connection is to the reader. */
  readonly failure: (cause: unknown) => unknown
}

/** A body that nobody wants is read to its end where it has no more bytes: the connection can be used again. */
const cheapBytes = 64 * 1024

export function openBody({ stream, encoding, contentLength, failure }: Source): OpenBody {
  // Without a listener an error between two reads would end the hub; the next read throws it.
  stream.on('error', () => undefined)

  const giveUp = (): void => {
    if (Number(contentLength) <= cheapBytes) void stream.dump({ limit: cheapBytes })
    else stream.destroy()
  }

  async function* raw(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* stream.iterator({ destroyOnReturn: false })
    } catch (cause) {
      throw failure(cause)
    } finally {
      if (!stream.readableEnded && !stream.destroyed) giveUp()
    }
  }

  return {
    async *read(limit) {
      const source = raw()
      try {
        const first = await source.next()
        if (first.done) return
        const chunks = decoded(joined(first.value, source), decodersFor(encoding, first.value))
        let size = 0
        for await (const chunk of chunks) {
          size += chunk.length
          if (size > limit) throw tooLarge(limit)
          yield chunk
        }
      } catch (error) {
        throw isOfDecoder(error) ? brokenCoding(error) : error
      } finally {
        await source.return()
      }
    },
    abort: reason => void stream.destroy(reason),
  }
}

/** The body that tells how many bytes of it were read. */
export function countedBody(body: OpenBody, count: (bytes: number) => void): OpenBody {
  return {
    ...body,
    async *read(limit) {
      for await (const chunk of body.read(limit)) {
        count(chunk.length)
        yield chunk
      }
    },
  }
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield first
  yield* rest
}

function decoded(
  chunks: AsyncIterable<Uint8Array>,
  decoders: readonly Transform[],
): AsyncIterable<Uint8Array> {
  if (decoders.length === 0) return chunks
  // `pipeline` destroys all when one fails, so the last stream carries every error; its callback has nothing to add.
  return decoders.reduce<Readable>(
    (source, decoder) => pipeline(source, decoder, () => {}),
    Readable.from(chunks),
  )
}

/** zlib's own codes: Z_DATA_ERROR, ERR__ERROR_FORMAT_… of Brotli, ZSTD_error_…. */
function isOfDecoder(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^(?:Z_|ERR__|ERR_BROTLI|ZSTD_|ERR_ZSTD)/.test(error.code)
  )
}
