// `extensions.trace`: the calls that the root fields of one operation made, for those who may EDIT the connection.
import type { Role } from '../connections/index.ts'
import type { CallWatch, ToldExchange } from '../invocation/index.ts'
import type { RequestContext } from './context.ts'
import type { Services } from './services.ts'

/** Calls of a field that are written down; a field that pages may make many more. */
const mostCalls = 50

interface FieldCalls {
  /** What the field is called in the answer. */
  readonly key: string
  readonly connector: string
  readonly operation: string
  /** Id; null for an API that needs no credential. */
  readonly connection: string | null
}

interface FieldAbout extends FieldCalls {
  /** On the connection; null where there is none. */
  readonly role: Role | null
}

export interface CallTrace {
  /** Opens the record of a field. Null where the caller may not see its calls, which the record then says. */
  field(about: FieldAbout): CallWatch['tell']
  /** What the answer has as `extensions.trace`. */
  report(): { readonly fields: readonly object[] }
}

export function createCallTrace(): CallTrace {
  const fields: (() => object)[] = []
  return {
    field({ role, connection, ...about }) {
      const mayLook = connection === null || role === 'EDIT' || role === 'OWN'
      const calls: ToldExchange[] = []
      let made = 0
      let retries = 0
      fields.push(() => ({
        ...about,
        connection,
        ...(mayLook
          ? { calls, retries, ...(made > calls.length ? { omitted: made - calls.length } : {}) }
          : { reason: notYours }),
      }))
      if (!mayLook) return null
      let last: ToldExchange | null = null
      return exchange => {
        if (last && isRetry(last, exchange)) retries++
        last = exchange
        made++
        if (calls.length < mostCalls) calls.push(exchange)
      }
    },
    report: () => ({ fields: fields.map(field => field()) }),
  }
}

/** How the calls of a root field are watched: the spans that are made, and the trace that was asked for. */
export async function watchCalls(
  { connections }: { readonly connections: Pick<Services['connections'], 'roleOf'> },
  { trace, span, actor }: RequestContext,
  about: FieldCalls,
): Promise<CallWatch> {
  if (!trace) return { span: span ?? null, tell: null }
  const { connection } = about
  const role = connection === null ? null : await connections.roleOf(actor, connection)
  return { span: span ?? null, tell: trace.field({ ...about, role }) }
}

const notYours =
  'The calls are shown to those who may EDIT the connection; ask an owner of it for that role, or to look.'

/** The same again, since the first came to nothing. */
function isRetry(before: ToldExchange, after: ToldExchange): boolean {
  const failed = before.status === null || before.status >= 400
  return failed && before.method === after.method && before.url === after.url
}
