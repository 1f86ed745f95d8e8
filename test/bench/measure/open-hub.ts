// A measured hub with somebody signed in.
import { clientOf, type HubClient } from '../../harness/client.ts'
import { type HubKind, type MeasuredHub, startMeasuredHub } from './measured-hub.ts'

export interface OpenHub {
  readonly hub: MeasuredHub
  readonly client: HubClient
}

/** Starts a hub whose first account was made before. */
export async function openHub(stack: AsyncDisposableStack, kind: HubKind): Promise<OpenHub> {
  const hub = stack.use(await startMeasuredHub(kind))
  const signedIn = await fetch(`${hub.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' }),
  })
  const authorization = `Bearer ${signedIn.headers.get('set-auth-token')}`
  return { hub, client: clientOf(hub.url, 'ada@example.com', { authorization }) }
}

/** The text of an answer. Throws where it holds errors. */
export async function answerTo({ hub, client }: OpenHub, query: string): Promise<string> {
  const response = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...client.headers },
    body: JSON.stringify({ query }),
  })
  const text = await response.text()
  if (text.includes('"errors"')) throw new Error(`The query fails: ${text}`)
  return text
}
