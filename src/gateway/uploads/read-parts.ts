// multipart/form-data, read part by part while it comes. Busboy's own form reader would drop the parameters of a file's
// content type and unescape its name; the parser below it gives heads and octets as they are.
import { Dicer } from '@fastify/busboy'
import { z } from 'zod'
import { malformed, type PartHead, readHead } from './part-head.ts'

export interface Part extends PartHead {
  readonly data: Buffer<ArrayBuffer>
}

/** Asked before anything is kept; each throws what the request is refused with. */
export interface Gate {
  /** So many more octets of the body came. */
  received(size: number): void
  begins(head: PartHead): void
  /** So many more octets of the part's content came. */
  grows(head: PartHead, added: number): void
}

const headLines = z.record(z.string(), z.array(z.string()))

/** Throws BAD_INPUT for what is no form, what the gate throws, and what reading the body throws. */
export async function readParts(
  body: AsyncIterable<Buffer>,
  boundary: string,
  gate: Gate,
): Promise<readonly Part[]> {
  const faults: unknown[] = []
  const parts: Promise<Part | null>[] = []
  const guarded = (work: () => void): void => {
    try {
      if (faults.length === 0) work()
    } catch (error) {
      faults.push(error)
    }
  }
  const parser = new Dicer({ boundary })
  const ended = Promise.withResolvers<void>()
  parser.on('part', part => parts.push(readPart(part, gate, guarded)))
  parser.on('finish', () => ended.resolve())
  parser.on('error', () => {
    faults.push(malformed('it breaks off before its last boundary'))
    ended.resolve()
  })
  for await (const chunk of body) {
    guarded(() => gate.received(chunk.length))
    if (faults.length === 0) await new Promise<void>(resolve => parser.write(chunk, () => resolve()))
    if (faults.length > 0) throw faults[0]
  }
  parser.end()
  await ended.promise
  if (faults.length > 0) throw faults[0]
  const read = await Promise.all(parts)
  if (faults.length > 0) throw faults[0]
  return read.map(part => {
    if (part) return part
    throw malformed('a part has a head that does not end')
  })
}

/** Null for a part without a whole head. */
function readPart(
  stream: Dicer.PartStream,
  gate: Gate,
  guarded: (work: () => void) => void,
): Promise<Part | null> {
  const read = Promise.withResolvers<Part | null>()
  const chunks: Buffer[] = []
  let head: PartHead | null = null
  stream.on('header', lines =>
    guarded(() => {
      head = readHead(headLines.parse(lines))
      gate.begins(head)
    }),
  )
  stream.on('data', (chunk: Buffer) =>
    guarded(() => {
      if (head) gate.grows(head, chunk.length)
      chunks.push(chunk)
    }),
  )
  stream.on('end', () => read.resolve(head && { ...head, data: Buffer.concat(chunks) }))
  // The parser itself tells of what breaks off.
  stream.on('error', () => read.resolve(null))
  return read.promise
}
