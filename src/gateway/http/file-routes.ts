// /files/<token>: the file that a link stands for, passed on while it comes.
import { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { isJunctorError } from '../../errors.ts'
import type { OpenedBody, OpenedCall } from '../../invocation/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Downloads } from '../files/downloads.ts'
import { filesPath } from '../files/file-links.ts'

interface Options {
  readonly downloads: Downloads
  readonly signalOf: (reply: FastifyReply) => AbortSignal
  readonly logger: Logger
}

/** Whatever an API answers must not become a page of the hub: it is saved, not shown, and runs nothing (OWASP, file upload). */
const harmless = {
  'content-disposition': 'attachment',
  'content-security-policy': "sandbox; default-src 'none'",
  'cache-control': 'private, no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
}

/** The same for every link that leads nowhere, whatever the reason: changed, too old, or its caller may not any more. */
const nothingHere = {
  errors: [
    {
      message: 'This link leads nowhere, or nowhere any more; ask the API again for a new one.',
      extensions: { code: 'NOT_FOUND' },
    },
  ],
}

/** Milliseconds that a client may take for nothing. */
const stall = 120_000

export function fileRoutes({ downloads, signalOf, logger }: Options): FastifyPluginAsync {
  return async server => {
    server.route<{ Params: { '*': string } }>({
      method: ['GET', 'HEAD'],
      url: `${filesPath}/*`,
      async handler(request, reply) {
        reply.headers(harmless)
        const signal = signalOf(reply)
        const range = rangeOf(request.headers.range)
        const opened = await downloads(request.params['*'], { signal, ...(range === null ? {} : { range }) })
        if (!opened) return reply.status(404).send(nothingHere)
        const { body } = opened
        if (!body) return reply.status(204).send()
        reply.status(opened.status === 206 ? 206 : 200).headers(headersOf(opened, body))
        if (request.method === 'HEAD') {
          body.release()
          return reply.send()
        }
        reply.raw.setTimeout(stall, () => reply.raw.destroy())
        return reply.send(streamOf(body, signal, logger))
      },
      errorHandler(error, _request, reply) {
        // Whoever has gone away gets no answer.
        if (reply.raw.destroyed) return reply
        if (!isJunctorError(error)) throw error
        const { code, message, details, status } = error
        const unsatisfiable = details.http?.status === 416
        return reply.status(unsatisfiable ? 416 : status).send({
          errors: [{ message, extensions: { code, ...(details.http ? { http: details.http } : {}) } }],
        })
      },
    })
  }
}

/** One range, which is what resuming takes; anything else is answered in whole (RFC 9110 §14.2). */
function rangeOf(header: string | undefined): string | null {
  return header !== undefined && /^bytes=(?:\d+-\d*|-\d+)$/.test(header) ? header : null
}

function headersOf({ status, headers }: OpenedCall, body: OpenedBody): Record<string, string | number> {
  const { 'accept-ranges': ranges, 'content-range': part } = headers
  return {
    'content-type': body.contentType,
    ...(body.length === null ? {} : { 'content-length': body.length }),
    ...(ranges === 'bytes' ? { 'accept-ranges': ranges } : {}),
    ...(status === 206 && part !== undefined ? { 'content-range': part } : {}),
  }
}

function streamOf(body: OpenedBody, signal: AbortSignal, logger: Logger): Readable {
  const stream = Readable.from(body.chunks(), { objectMode: false, highWaterMark: 64 * 1024 })
  stream.on('error', error => {
    if (!signal.aborted) logger.warn({ error }, 'A file broke off while it was passed on.')
  })
  return stream
}
