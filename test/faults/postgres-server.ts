// A PostgreSQL of the test's own, on TCP loopback, that can be stopped and crashed and started again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { prepare } from '../../src/store/embedded/prepare.ts'
import { freePort, waitFor } from '../harness/hub.ts'

export interface PostgresServer extends AsyncDisposable {
  readonly url: string
  /** Ends it, by a crash or by its own shutdown, and starts it again; resolves when it answers. */
  restart(how: 'SIGQUIT' | 'SIGINT'): Promise<void>
  /** Runs one statement; rejects while it is down. */
  run<Row extends object>(statement: string): Promise<Row[]>
}

export async function startPostgres(folder: string): Promise<PostgresServer> {
  const place = await prepare(folder, undefined)
  const port = await freePort()
  const url = `postgres://junctor@127.0.0.1:${port}/postgres`
  await writeFile(join(place.cluster, 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\n')
  await appendFile(
    join(place.cluster, 'postgresql.conf'),
    `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nmax_connections = 100\n`,
  )

  async function run<Row extends object>(statement: string): Promise<Row[]> {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    client.on('error', () => {
      // connect() or the query rejects with it.
    })
    try {
      await client.connect()
      return (await client.query<Row>(statement)).rows
    } finally {
      await client.end()
    }
  }

  async function start() {
    const { file, args, options } = place.launch(place.binaries.postgres, ['-D', place.cluster])
    const child = spawn(file, args, { ...options, stdio: 'ignore' })
    const ended = once(child, 'exit')
    await waitFor(
      () =>
        run('select 1').then(
          () => true,
          () => false,
        ),
      () => `The PostgreSQL at ${url} does not answer.`,
    )
    return { child, ended }
  }

  let server = await start()
  return {
    url,
    run,
    async restart(how) {
      server.child.kill(how)
      await server.ended
      server = await start()
    },
    async [Symbol.asyncDispose]() {
      server.child.kill('SIGINT')
      await server.ended
    },
  }
}
