// What one exchange of a call is to those before it: a beginning, or the same request once more, retried or redirected.
import type { WireAnswer, WireRequest } from '../transport/wire.ts'

interface Place {
  /** How often the request was sent before; a policy's call begins anew. */
  readonly resends: number
  /** The API redirected it to another origin. */
  readonly elsewhere: boolean
}

export interface Chain {
  next(request: WireRequest): Place
  answered(answer: WireAnswer): void
}

export function startChain(): Chain {
  let first: WireRequest | null = null
  let place: Place = { resends: 0, elsewhere: false }
  let redirectedFrom: string | null = null
  return {
    next(request) {
      const redirected = redirectedFrom !== null
      place = {
        resends: redirected || request === first ? place.resends + 1 : 0,
        elsewhere: redirected && (place.elsewhere || request.url.origin !== redirectedFrom),
      }
      if (!redirected) first = request
      redirectedFrom = null
      return place
    },
    answered({ status, url }) {
      if (status >= 300 && status < 400) redirectedFrom = url.origin
    },
  }
}
