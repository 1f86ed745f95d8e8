// A stranger's client: plain fetch for sign-up and GraphQL, graphql-ws for subscriptions.
import { type Client, createClient } from 'graphql-ws'
import WebSocket from 'ws'

export interface GraphQLAnswer<Data> {
  readonly data: Data
  readonly errors?: readonly {
    readonly message: string
    readonly extensions: Readonly<Record<string, unknown>>
  }[]
}

export interface HubClient {
  readonly email: string
  /** Headers that authenticate. */
  readonly headers: Readonly<Record<string, string>>
  /** Runs an operation; throws where it answers errors. */
  query<Data>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>
  /** Runs an operation and gives the whole answer, errors and all. */
  answer<Data>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphQLAnswer<Data>>
  /** Opens a subscription. */
  subscribe<Data>(document: string, variables?: Readonly<Record<string, unknown>>): Subscription<Data>
}

export interface Subscription<Data> extends AsyncDisposable {
  /** The next event; throws what the hub answers instead of one, and after `seconds` without either. */
  next(seconds?: number): Promise<Data>
}

/** Signs up by HTTP and makes an API key, as the README's tour does. */
export async function signUp(url: string, email = 'ada@example.com'): Promise<HubClient> {
  const signedUp = await post(url, '/api/auth/sign-up/email', {
    name: 'Ada',
    email,
    password: 'correct horse battery',
  })
  const token = signedUp.headers.get('set-auth-token')
  if (!token) throw new Error('Sign-up gave no token.')
  const key = await post(
    url,
    '/api/auth/api-key/create',
    { name: 'tests' },
    { authorization: `Bearer ${token}` },
  )
  return clientOf(url, email, { 'x-api-key': ((await key.json()) as { key: string }).key })
}

export function clientOf(url: string, email: string, headers: Readonly<Record<string, string>>): HubClient {
  async function answer<Data>(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<GraphQLAnswer<Data>> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    })
    return (await response.json()) as GraphQLAnswer<Data>
  }
  return {
    email,
    headers,
    answer,
    async query<Data>(document: string, variables?: Readonly<Record<string, unknown>>) {
      const result = await answer<Data>(document, variables)
      if (result.errors) throw new Error(JSON.stringify(result.errors, null, 2))
      return result.data
    },
    subscribe<Data>(document: string, variables?: Readonly<Record<string, unknown>>): Subscription<Data> {
      const client = createClient({
        url: `${url.replace(/^http/, 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: headers,
        retryAttempts: 0,
      })
      return subscription(client, document, variables)
    },
  }
}

function subscription<Data>(
  client: Client,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Subscription<Data> {
  const iterator = client.iterate<Data>({ query, variables: { ...variables } })
  return {
    async next(seconds = 30) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`No event within ${seconds} s.`)), seconds * 1000)
      })
      try {
        const result = await Promise.race([iterator.next(), late])
        if (result.done) throw new Error('The subscription ended.')
        if (result.value.errors) throw new Error(JSON.stringify(result.value.errors))
        return result.value.data as Data
      } finally {
        clearTimeout(timer)
      }
    },
    async [Symbol.asyncDispose]() {
      await client.dispose()
    },
  }
}

async function post(
  url: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response
}
