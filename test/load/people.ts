// Who calls: people with API keys of their own, each with some connections that hold different credentials.
import { type HubClient, signUp } from '../harness/client.ts'
import type { Hub } from '../harness/hub.ts'
import type { Plan } from './asking.ts'
import { keyPrefix } from './ledger-api.ts'

const names = ['ada', 'bob', 'cyd', 'dan']
const accountsEach = 3

export async function signUpPeople(hub: Hub): Promise<Plan['people']> {
  const people = []
  for (const name of names) {
    const client = await signUp(hub.url, `${name}@example.com`)
    const accounts = []
    for (let place = 0; place < accountsEach; place++)
      accounts.push(await connect(client, `${name}-${place}`))
    people.push({ headers: { ...client.headers }, accounts })
  }
  return people
}

async function connect(client: HubClient, account: string) {
  const { createConnection } = await client.query<{ createConnection: { connection: { id: string } } }>(
    'mutation ($name: String!, $parameters: JSON!) { createConnection(input: { connector: "ledger", name: $name, parameters: $parameters }) { connection { id } } }',
    { name: account, parameters: { api_key: `${keyPrefix}${account}` } },
  )
  return { connection: createConnection.connection.id, account }
}
