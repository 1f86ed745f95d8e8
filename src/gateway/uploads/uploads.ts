// A GraphQL multipart request (https://github.com/jaydenseric/graphql-multipart-request-spec) → the operation that it
// asks for, with its files in the variables. Files are held in memory until the request is answered, so that what goes
// upstream can be sent again as it was; so much of them is read as the limits allow, and only of people who are known.
import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../clock.ts'
import { JunctorError } from '../../errors.ts'
import type { HeaderReader, Identity } from '../../identity/index.ts'
import type { JsonObject } from '../../json.ts'
import { uploadedFile } from '../../uploaded-file.ts'
import { signInFirst } from '../context.ts'
import { malformed } from './part-head.ts'
import { placeFiles } from './place-files.ts'
import { type Part, readParts } from './read-parts.ts'
import { assertFits, createUploadRoom, isText, type UploadLimits, uploadGate } from './upload-limits.ts'

interface Options {
  readonly limits: UploadLimits
  readonly identity: Pick<Identity, 'authenticate'>
  readonly clock: Clock
}

/** What a body of this type holds is read by `Uploads`. */
export const uploadType = 'multipart/form-data'

/** Milliseconds that a client may send nothing. */
const stall = 30_000
/** Milliseconds that one who is refused may go on sending: most read the answer only after that. */
const sendingOn = 10_000

/**
 * Reads the request's body. Throws BAD_INPUT (also without a header that needs a preflight), UNAUTHENTICATED,
 * PAYLOAD_TOO_LARGE and RATE_LIMITED.
 */
export type Uploads = (
  request: FastifyRequest,
  reply: FastifyReply,
  headers: HeaderReader,
) => Promise<JsonObject>

export function createUploads({ limits, identity, clock }: Options): Uploads {
  const room = createUploadRoom(limits)

  async function read(request: FastifyRequest, reply: FastifyReply, headers: HeaderReader) {
    assertPreflighted(headers)
    const boundary = boundaryOf(headers.get('content-type') ?? '')
    if (!(await identity.authenticate(headers))) throw signInFirst()
    assertFits(Number(headers.get('content-length') ?? 0), limits)
    let held = 0
    reply.raw.once('close', () => room.giveBack(held))
    const gate = uploadGate(limits, bytes => {
      const taken = !reply.raw.destroyed && room.take(bytes)
      if (taken) held += bytes
      return taken
    })
    return operationOf(await readParts(bodyOf(request.raw), boundary, gate))
  }

  return async (request, reply, headers) => {
    try {
      return await read(request, reply, headers)
    } catch (error) {
      const cancel = clock.after(sendingOn, () => request.raw.destroy())
      request.raw.once('close', cancel).resume()
      throw error
    }
  }
}

/** What a foreign page cannot send unasked: https://www.apollographql.com/docs/apollo-server/security/cors#preventing-cross-site-request-forgery-csrf */
function assertPreflighted(headers: HeaderReader): void {
  if (headers.get('apollo-require-preflight') || headers.get('x-apollo-operation-name')) return
  throw new JunctorError(
    'BAD_INPUT',
    'This could be a request that a foreign page makes: send a header `apollo-require-preflight: true` with every upload.',
  )
}

function boundaryOf(type: string): string {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,200})"|([^\s";]{1,200}))/i.exec(type) ?? []
  const boundary = quoted ?? plain
  if (boundary !== undefined) return boundary
  throw malformed('its Content-Type names no boundary')
}

async function* bodyOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  const { socket } = request
  const cut = () => request.destroy()
  socket.setTimeout(stall, cut)
  try {
    // What is refused is answered on the same connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk
  } catch (cause) {
    throw new JunctorError('BAD_INPUT', 'The upload broke off before all of it had come; send it again.', {
      cause,
    })
  } finally {
    socket.setTimeout(0)
    socket.off('timeout', cut)
  }
}

function operationOf(parts: readonly Part[]): JsonObject {
  const files = parts
    .filter(part => !isText(part))
    .map(({ name, data, ...told }) => [name, uploadedFile(data, told)] as const)
  return placeFiles(textOf(parts, 'operations'), textOf(parts, 'map'), new Map(files))
}

function textOf(parts: readonly Part[], name: 'operations' | 'map'): string {
  const part = parts.find(each => each.name === name)
  if (!part) throw malformed(`it has no part \`${name}\``)
  return part.data.toString('utf8')
}
