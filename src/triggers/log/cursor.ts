// Cursors: the position of an event in its feed as opaque text.
import { crc32 } from 'node:zlib'
import { JunctorError } from '../../errors.ts'
import { type FeedId, feedIdOf } from '../feeds/index.ts'

/** Everything of the feed up to and including `sequence` has been seen. */
export interface Position {
  readonly feedId: FeedId
  readonly sequence: number
}

const version = 1
/** Version, feed id, sequence, check. */
const length = 1 + 16 + 8 + 4

/** base64url of version, feed id, sequence and a CRC-32 that finds mistyped or cut cursors. */
export function encodeCursor({ feedId, sequence }: Position): string {
  const bytes = Buffer.alloc(length)
  bytes.writeUInt8(version, 0)
  Buffer.from(feedId.replaceAll('-', ''), 'hex').copy(bytes, 1)
  bytes.writeBigUInt64BE(BigInt(sequence), 17)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 25)), 25)
  return bytes.toString('base64url')
}

/** Throws CURSOR_INVALID for text that encodeCursor did not make; `argument` is what the caller calls it. */
export function decodeCursor(cursor: string, argument = 'after'): Position {
  const bytes = Buffer.from(cursor, 'base64url')
  const whole =
    bytes.length === length &&
    bytes.toString('base64url') === cursor &&
    bytes.readUInt8(0) === version &&
    bytes.readUInt32BE(25) === crc32(bytes.subarray(0, 25)) &&
    bytes.readBigUInt64BE(17) <= BigInt(Number.MAX_SAFE_INTEGER)
  if (!whole)
    throw new JunctorError(
      'CURSOR_INVALID',
      `This is not a cursor: pass \`${argument}\` exactly as an event of this feed had it.`,
    )
  const hex = bytes.toString('hex', 1, 17)
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  )
  return { feedId: feedIdOf(id), sequence: Number(bytes.readBigUInt64BE(17)) }
}

/** The error for a position that the log cannot go on from; `oldest` is the first it can go on from. */
export function cursorExpired(feedId: FeedId, oldest: number, why: string): JunctorError {
  const oldestCursor = encodeCursor({ feedId, sequence: oldest })
  return new JunctorError(
    'CURSOR_EXPIRED',
    `${why} Read on with after: "${oldestCursor}", the oldest cursor from which nothing is missing, or without after for new events only.`,
    { details: { oldestCursor } },
  )
}
