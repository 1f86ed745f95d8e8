// Reads a response's body: decompressed, with a cap on what it decompresses to.
import { pipeline, Readable, type Transform } from 'node:stream'
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import { JunctorError } from '../../errors.ts'

/** What is kept of the body of an error. */
const errorBytes = 64 * 1024

interface Read {
  readonly body: Uint8Array
  readonly cut: boolean
}

/** Bytes that are kept of the body of an answer, as it comes and decompressed. */
export function bodyCap(status: number, limit: number): number {
  return isWhole(status) ? limit : errorBytes
}

/** An answer must be whole; of an error only the beginning is of use. */
export function isWhole(status: number): boolean {
  return status >= 200 && status < 300
}

/** Throws UPSTREAM_INVALID for a body beyond `limit` bytes, or one that cannot be decompressed. */
export async function readBody(
  { status, ...raw }: Read & { readonly status: number },
  encoding: string,
  limit: number,
): Promise<Read> {
  const whole = isWhole(status)
  if (raw.cut && whole) throw tooLarge(limit)
  const decoders = encoding === '' || raw.body.length === 0 ? [] : decodersFor(encoding, raw.body)
  if (decoders.length === 0) return raw
  const decoded = await decompress(raw, decoders, bodyCap(status, limit), whole)
  if (decoded.cut && whole) throw tooLarge(limit)
  return { body: decoded.body, cut: raw.cut || decoded.cut }
}

export async function collect(stream: AsyncIterable<Uint8Array>, cap: number): Promise<Read> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    size += chunk.length
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > cap) return { body: Buffer.concat(chunks).subarray(0, cap), cut: true }
  }
  return { body: Buffer.concat(chunks), cut: false }
}

/** RFC 9110 §8.4: codings are listed in the order they were applied. */
export function decodersFor(encoding: string, body: Uint8Array): Transform[] {
  const codings = encoding
    .toLowerCase()
    .split(',')
    .map(coding => coding.trim())
  return codings.reverse().flatMap(coding => {
    switch (coding) {
      case '':
      case 'identity':
        return []
      case 'gzip':
      case 'x-gzip':
        return [createGunzip()]
      case 'deflate':
        // Some servers send raw deflate; a zlib header has 8 as the low nibble of its first byte (RFC 1950 §2.2).
        return [((body[0] ?? 8) & 0x0f) === 8 ? createInflate() : createInflateRaw()]
      case 'br':
        return [createBrotliDecompress()]
      case 'zstd':
        return [createZstdDecompress()]
      default:
        throw new JunctorError(
          'UPSTREAM_INVALID',
          'The API answered in a content coding that the hub cannot read.',
        )
    }
  })
}

async function decompress(
  raw: Read,
  decoders: readonly Transform[],
  cap: number,
  whole: boolean,
): Promise<Read> {
  // `pipeline` destroys all when one fails, so the last stream carries every error; its callback has nothing to add.
  const decoded = decoders.reduce<Readable>(
    (source, decoder) => pipeline(source, decoder, () => {}),
    Readable.from([raw.body]),
  )
  try {
    return await collect(decoded, cap)
  } catch (cause) {
    if (whole) throw brokenCoding(cause)
    // The error's status is what counts; its body cannot be read.
    return { body: Buffer.alloc(0), cut: true }
  }
}

export function brokenCoding(cause: unknown): JunctorError {
  return new JunctorError('UPSTREAM_INVALID', 'The API answered with a compressed body that is broken.', {
    cause,
  })
}

export function tooLarge(limit: number): JunctorError {
  return new JunctorError(
    'UPSTREAM_INVALID',
    `The API answered with more than ${limit} bytes, which is the most the hub reads; ask for less at a time.`,
  )
}
