// What the hub said instead of an answer, as a sentence for the person at the page.
import { z } from 'zod'

export class HubError extends Error {
  override readonly name = 'HubError'
}

/** The sentence to show for whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error
    ? error.message
    : 'Something unexpected went wrong; the browser console may tell more.'
}

const said = z.object({ message: z.string().min(1) })
const explained = z.union([
  said.transform(body => body.message),
  z.object({ error: said }).transform(body => body.error.message),
  z
    .object({ errors: z.array(said).min(1) })
    .transform(body => body.errors.map(error => error.message).join(' ')),
])

/** Reads the message of an error response: better-auth's, the hub's own, or GraphQL's; the status where there is none. */
export async function refusal(response: Response): Promise<HubError> {
  const body: unknown = await response.json().catch(() => null)
  const parsed = explained.safeParse(body)
  if (parsed.success) return new HubError(parsed.data)
  if (response.status === 429) return new HubError('That were too many tries. Wait a minute and try again.')
  return new HubError(`The hub answered with status ${response.status}. Its log tells why.`)
}

/** Calls the hub. Throws a HubError in plain words where no answer came at all. */
export async function callHub(path: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(hubUrl(path), { credentials: 'same-origin', ...init })
  } catch (error) {
    throw new HubError('The hub cannot be reached. Is it still running?', { cause: error })
  }
}

/** The URL of `path` beside the page, so that the page works under any prefix. */
export function hubUrl(path: string): URL {
  return new URL(path, document.baseURI)
}
