// A safe operation that answers a file: called up to the head of its answer, so that what goes wrong is the field's own
// error, while the bytes wait for whoever wants them.
import { bytesOf, type Invocation, type SharedCalls } from '../../invocation/index.ts'
import { type AnsweredFile, answeredFile } from './answered-file.ts'
import type { FileCall, FileLinks } from './file-links.ts'

/** Null where the API answered nothing. Throws as `Invoker.call` does. */
export async function openFile(
  links: Pick<FileLinks, 'link'>,
  calls: SharedCalls,
  invocation: Invocation,
  of: Pick<FileCall, 'caller' | 'connector'>,
): Promise<AnsweredFile | null> {
  const { body } = await calls.open(invocation)
  if (!body) return null
  return answeredFile({
    body,
    async readAnew() {
      const result = await calls.call(invocation)
      return bytesOf(result.body, result.headers['content-type']).data
    },
    link() {
      const { userId, sessionId, organizationId } = of.caller
      const { parameters, body: sent } = invocation.arguments
      return links.link({
        caller: { userId, sessionId, organizationId },
        connector: of.connector,
        hash: invocation.definition.hash,
        operation: invocation.operation.id,
        connection: invocation.connection?.id ?? null,
        arguments: sent === undefined ? { parameters } : { parameters, body: sent },
      })
    },
  })
}
