// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): where an API declares the header and the caller has left
// it out, the hub gives the call one, so that an API which gets it twice does the thing once.
import type { Invocation } from './invocation.ts'
import type { Draft } from './request/draft.ts'
import { planOf } from './request/plan.ts'

const header = 'idempotency-key'

/** The call with a key of its own. A default or an example in the document would make all calls the same call. */
export function withIdempotencyKey(invocation: Invocation, newKey: () => string): Invocation {
  const { definition, operation, url } = invocation
  const declared = planOf(definition, operation).idempotencyKey
  // A link that is followed is another request, whatever led to it.
  if (!declared || url !== undefined || declared.constant !== undefined) return invocation
  if (declared.schema.type !== 'string' && declared.schema.type !== 'any') return invocation
  const { parameters } = invocation.arguments
  const given = Object.hasOwn(parameters.header, declared.name) ? parameters.header[declared.name] : null
  if (given !== undefined && given !== null) return invocation
  return {
    ...invocation,
    arguments: {
      ...invocation.arguments,
      parameters: { ...parameters, header: { ...parameters.header, [declared.name]: newKey() } },
    },
  }
}

/** True where the request says which call it is, in a header that the API declares. */
export function carriesIdempotencyKey({ definition, operation }: Invocation, draft: Draft): boolean {
  return (
    planOf(definition, operation).idempotencyKey !== null && draft.headers.get(header)?.source === 'argument'
  )
}

/** A call on the way is not the call that the key is for. */
export function withoutIdempotencyKey(draft: Draft): Draft {
  return { ...draft, headers: new Map([...draft.headers].filter(([name]) => name !== header)) }
}
