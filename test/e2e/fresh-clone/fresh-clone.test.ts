// What a newcomer does: a clean copy, the README's first command, then the README's tour over HTTP and WebSocket.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { signUp } from '../../harness/client.ts'
import { freePort, waitFor } from '../../harness/hub.ts'

const root = join(import.meta.dirname, '../../..')

/** The files that a clone would hold: tracked, or new and not ignored. */
function copyCheckout(target: string): void {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const file of listed.split('\0').filter(name => name !== '')) {
    mkdirSync(dirname(join(target, file)), { recursive: true })
    cpSync(join(root, file), join(target, file))
  }
}

/** The first command block of the README. */
function firstCommand(): string {
  const block = /```sh\n(.+?)\n```/s.exec(readFileSync(join(root, 'README.md'), 'utf8'))
  if (!block?.[1]) throw new Error('The README begins with no command.')
  return block[1]
}

/** The environment of a shell that knows nothing of this checkout. */
function strangersEnvironment(port: number): NodeJS.ProcessEnv {
  const path = (process.env.PATH ?? '').split(':').filter(folder => !folder.includes('node_modules'))
  const { HOME = '/root' } = process.env
  return { PATH: path.join(':'), HOME, PORT: String(port) }
}

test('a clean copy runs by the README’s first command and serves its tour', {
  timeout: 300_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'junctor-clone-'))
  copyCheckout(folder)
  const port = await freePort()
  const url = `http://localhost:${port}`
  const child = spawn('sh', ['-c', firstCommand()], {
    cwd: folder,
    env: strangersEnvironment(port),
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)))
  let ended = false
  child.once('exit', () => (ended = true))
  try {
    await waitFor(
      async () => {
        if (ended) throw new Error(`It ended before it served.\n${output}`)
        return (await fetch(`${url}/ready`).catch(() => null))?.ok === true
      },
      () => `It does not serve.\n${output}`,
      240,
    )
    // It may answer a moment before it says so.
    await waitFor(
      async () => output.includes(`Junctor is at ${url}`),
      () => `It does not say where it is.\n${output}`,
    )
    expect((await fetch(url)).headers.get('content-type')).toContain('text/html')

    const printed = execFileSync('sh', ['-c', 'npx node src/main.ts schema sql'], {
      cwd: folder,
      env: strangersEnvironment(port),
      encoding: 'utf8',
    })
    expect(printed).toContain('sql_listRows(')

    const client = await signUp(url)
    const viewer = await client.query<{ viewer: { email: string; admin: boolean } }>(
      '{ viewer { email admin } }',
    )
    expect(viewer).toEqual({ viewer: { email: 'ada@example.com', admin: true } })

    await client.query(
      'mutation { createConnection(input: { connector: "sql", name: "shop", authentication: "sample" }) { connection { status } } }',
    )
    const rows = await client.query<{ sql_listRows: { value: { id: number; name: string }[] } }>(
      '{ sql_listRows(table: "customers", top: 3) { value } }',
    )
    expect(rows.sql_listRows.value).toHaveLength(3)

    await using events = client.subscribe<{
      sql_onNewRow: { id: string; cursor: string; data: { name: string } }
    }>('subscription { sql_onNewRow(table: "customers") { id cursor time data feed { id status } } }')
    const arriving = events.next(60)
    await waitFor(
      async () =>
        (
          await client.query<{ feeds: { nodes: { status: string }[] } }>(
            '{ feeds { nodes { status lastPollAt } } }',
          )
        ).feeds.nodes.some(feed => feed.status === 'ACTIVE'),
      () => 'The feed does not get active.',
    )
    await client.query('mutation ($row: JSON!) { sql_insertRow(table: "customers", input: $row) }', {
      row: { name: 'Grace Hopper', email: 'grace@example.com' },
    })
    expect((await arriving).sql_onNewRow.data.name).toBe('Grace Hopper')
  } finally {
    if (child.pid !== undefined && !ended) process.kill(-child.pid, 'SIGTERM')
    // npm ends at the signal; the hub behind it ends when its database has.
    await waitFor(
      async () => ended && !existsSync(join(folder, '.junctor/postgres/postmaster.pid')),
      () => `It does not end.\n${output}`,
    )
    // Node writes its compile cache on the way out, after the database has ended.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
})
