// Who stands before the API: a bare proxy, this hub, and Hive Gateway with the same swagger.
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signUp } from '../../harness/client.ts'
import { freePort, waitFor } from '../../harness/hub.ts'
import { type Program, running, startProgram } from '../../harness/program.ts'
import { startMeasuredHub } from '../measure/measured-hub.ts'
import { bounded } from '../scale/bounded.ts'
import { apiKey, thingsProperties, thingsSwagger } from './things.ts'

const folder = join(import.meta.dirname, '..')

export interface Contender {
  readonly name: 'bare' | 'apollo' | 'hub' | 'hive'
  readonly url: string
  readonly pid: number
  readonly headers: Readonly<Record<string, string>>
}

export const startBare = limitStarter('bare', 'bare-process.ts')

/** As bare, behind the server that the hub has. */
export const startApollo = limitStarter('apollo', 'apollo-process.ts')

function limitStarter(name: Contender['name'], file: string) {
  return async (stack: AsyncDisposableStack, api: Program): Promise<Contender> => {
    const program = join(import.meta.dirname, file)
    const { url, pid } = stack.use(await startProgram(program, { BENCH_API: api.url }))
    return { name, url, pid, headers: {} }
  }
}

/** With somebody signed in by API key, and the credential of a connection in the store. */
export async function startHub(stack: AsyncDisposableStack, api: Program, work: string): Promise<Contender> {
  const env = { JUNCTOR_ALLOW_PRIVATE: api.url, JUNCTOR_CALL_RATES: '0,0' }
  const hub = stack.use(await startMeasuredHub({ dataFolder: join(work, 'hub'), env }))
  const client = await signUp(hub.url)
  await client.query(
    'mutation ($document: String!, $properties: String!) { importConnector(input: { name: "things", document: $document, properties: $properties }) { connector { name } } }',
    { document: thingsSwagger(api.url), properties: thingsProperties },
  )
  await client.query(
    'mutation ($parameters: JSON!) { createConnection(input: { connector: "things", name: "shelf", parameters: $parameters }) { connection { id } } }',
    { parameters: { api_key: apiKey } },
  )
  return { name: 'hub', url: hub.url, pid: hub.pid, headers: client.headers }
}

export async function startHive(stack: AsyncDisposableStack, api: Program, work: string): Promise<Contender> {
  const swagger = join(work, 'things.json')
  const supergraph = join(work, 'supergraph.graphql')
  await writeFile(swagger, thingsSwagger(api.url))
  const composed = await bounded({
    arguments: [
      join(folder, 'node_modules/@graphql-mesh/compose-cli/esm/bin.js'),
      ...['--config-path', join(folder, 'mesh/calls.config.mjs'), '--output', supergraph],
    ],
    cwd: folder,
    env: { BENCH_SWAGGER: swagger, BENCH_API: api.url, BENCH_KEY: apiKey },
    seconds: 120,
    megabytes: 2048,
  })
  if (composed.ending !== 'finished') throw new Error(`Mesh did not compose the swagger.\n${composed.stderr}`)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = join(folder, 'node_modules/@graphql-hive/gateway/dist/bin.js')
  const child = spawn(
    process.execPath,
    [program, 'supergraph', supergraph, '--host', '127.0.0.1', '--port', String(port), '--fork', '1'],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, NODE_ENV: 'production' } },
  )
  let output = ''
  child.stderr.on('data', chunk => (output += String(chunk)))
  const gateway = stack.use(running(child, url))
  await waitFor(
    async () => (await fetch(`${url}/readiness`).catch(() => null))?.ok === true,
    () => `Hive Gateway did not get ready.\n${output}`,
  )
  return { name: 'hive', url, pid: gateway.pid, headers: {} }
}
