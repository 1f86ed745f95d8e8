// How much may be uploaded. What is refused is told by the limit that refused it and the setting that it comes from.
import { JunctorError } from '../../errors.ts'
import { malformed, type PartHead, shown } from './part-head.ts'
import type { Gate } from './read-parts.ts'

/** JUNCTOR_UPLOADS. Megabytes are of 1024 × 1024 bytes. */
export interface UploadLimits {
  readonly fileMegabytes: number
  /** All files of one request. */
  readonly requestMegabytes: number
  /** Files of one request. */
  readonly files: number
  /** What this instance holds of all requests at one moment. */
  readonly heldMegabytes: number
}

/** What this instance holds of uploads. */
export interface UploadRoom {
  /** Takes so many bytes more of the room; false where it has none left. */
  take(bytes: number): boolean
  giveBack(bytes: number): void
}

const megabyte = 1024 * 1024
/** Megabytes of each part that is text: as much as a request without files may have. */
const textMegabytes = 16
/** Of everything that is no file: two texts, heads, boundaries. */
const besideMegabytes = 2 * textMegabytes + 1
const textParts: ReadonlySet<string> = new Set(['operations', 'map'])

export function isText({ name }: Pick<PartHead, 'name'>): boolean {
  return textParts.has(name)
}

export function createUploadRoom({ heldMegabytes }: UploadLimits): UploadRoom {
  let left = heldMegabytes * megabyte
  return {
    take(bytes) {
      if (bytes > left) return false
      left -= bytes
      return true
    },
    giveBack(bytes) {
      left += bytes
    },
  }
}

/** Watches over one request. Throws PAYLOAD_TOO_LARGE, RATE_LIMITED, and BAD_INPUT for a part that comes twice. */
export function uploadGate(limits: UploadLimits, take: UploadRoom['take']): Gate {
  const names = new Set<string>()
  const sizes = new Map<PartHead, number>()
  let received = 0
  let files = 0
  let inFiles = 0
  return {
    received(size) {
      received += size
      assertFits(received, limits)
      if (!take(size)) throw noRoom(limits)
    },
    begins(head) {
      if (names.has(head.name)) throw malformed(`the part ${shown(head.name)} comes twice`)
      names.add(head.name)
      if (!isText(head)) files++
      if (files > limits.files)
        throw tooLarge(`The request has more than ${limits.files} files`, 'of one request', 'third')
    },
    grows(head, added) {
      const size = (sizes.get(head) ?? 0) + added
      sizes.set(head, size)
      if (isText(head)) {
        if (size > textMegabytes * megabyte)
          throw new JunctorError(
            'PAYLOAD_TOO_LARGE',
            `The part \`${head.name}\` is larger than ${textMegabytes} MB; give what is long as a file.`,
          )
        return
      }
      inFiles += added
      if (size > limits.fileMegabytes * megabyte)
        throw tooLarge(
          `The file ${shown(head.fileName ?? head.name)} is larger than ${limits.fileMegabytes} MB`,
          'of one file',
          'first',
        )
      if (inFiles > limits.requestMegabytes * megabyte) throw tooMuch(limits)
    },
  }
}

/** Throws PAYLOAD_TOO_LARGE where a body of so many bytes holds more than a request may. */
export function assertFits(bytes: number, limits: UploadLimits): void {
  if (bytes > (limits.requestMegabytes + besideMegabytes) * megabyte) throw tooMuch(limits)
}

function tooMuch({ requestMegabytes }: UploadLimits): JunctorError {
  return tooLarge(
    `The files of the request are larger than ${requestMegabytes} MB together`,
    'of one request',
    'second',
  )
}

function tooLarge(complaint: string, limitOf: string, place: 'first' | 'second' | 'third'): JunctorError {
  return new JunctorError(
    'PAYLOAD_TOO_LARGE',
    `${complaint}, the limit ${limitOf}: upload less, or have the ${place} number of JUNCTOR_UPLOADS raised.`,
  )
}

function noRoom({ heldMegabytes }: UploadLimits): JunctorError {
  return new JunctorError(
    'RATE_LIMITED',
    `The hub holds ${heldMegabytes} MB of uploads already, the limit of all requests at once: try again in a moment, or have the fourth number of JUNCTOR_UPLOADS raised.`,
    { details: { retryAfter: 1 } },
  )
}
