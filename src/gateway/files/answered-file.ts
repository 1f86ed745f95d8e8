// A file that an API answered, as the value of a field of type File: bytes are read only where somebody asks for them.
import type { OpenedBody } from '../../invocation/index.ts'

/** GraphQL's default resolver calls the members that are functions. */
export interface AnsweredFile {
  readonly contentType: () => string
  readonly size: () => number | Promise<number>
  readonly base64: () => Promise<string>
  readonly url: () => string | null
}

interface Options {
  readonly body: OpenedBody
  /** Makes the call anew and reads all of it: for who asks after the body was given up. */
  readonly readAnew: () => Promise<Uint8Array>
  readonly link: () => string | null
}

export function answeredFile({ body, readAnew, link }: Options): AnsweredFile {
  /** All members of a selection are asked in one go; where nobody wants the bytes then, the connection is given back. */
  const settle = () => setImmediate(() => body.release())
  const bytes = () => (body.isReleased() ? readAnew() : body.bytes())
  return {
    contentType() {
      settle()
      return body.contentType
    },
    size() {
      settle()
      return body.length ?? bytes().then(({ byteLength }) => byteLength)
    },
    base64: async () => Buffer.from(await bytes()).toString('base64'),
    url() {
      settle()
      return link()
    },
  }
}
