// A package with a script and hooks in a real hub: its operations are called through the hooks, and follow the edits of
// both files; after a restart, too.
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { clientOf, type HubClient, signUp } from '../../harness/client.ts'
import { type Hub, type HubOptions, startHub, waitFor } from '../../harness/hub.ts'
import { copyPackage, signingKey } from '../../hosting/fixtures/hooked.ts'
import { json, startUpstream } from '../../invocation/upstream-server.ts'

const list = '{ signednotes_listNotes { id text } }'

async function findings(client: HubClient): Promise<readonly string[]> {
  const { connector } = await client.query<{ connector: { diagnostics: { code: string }[] } }>(
    '{ connector(name: "signednotes") { diagnostics { code } } }',
  )
  return connector.diagnostics.map(({ code }) => code)
}

const until = (hub: Hub, condition: () => Promise<boolean>) =>
  waitFor(condition, () => `The edit is not seen.\n${hub.output()}`)

test('a hook serves, is off when its script changes, and on when it names the new one', async () => {
  await using upstream = await startUpstream()
  await using copied = await copyPackage()
  upstream.answer = json('{"notes":[{"id":9007199254740993,"text":"tea"}]}')
  const options: HubOptions = {
    env: {
      JUNCTOR_CONNECTORS: dirname(copied.folder),
      JUNCTOR_ORIGINS: `https://notes.example.com=${upstream.origin}`,
    },
    arguments: ['--watch'],
  }
  await using hub = await startHub(options)
  const ada = await signUp(hub.url)
  await ada.query(
    `mutation ($parameters: JSON!) {
      createConnection(input: { connector: "signednotes", name: "notes", parameters: $parameters }) { connection { id } }
    }`,
    { parameters: { account: 'ada', key: signingKey } },
  )
  const listed = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...ada.headers },
    body: JSON.stringify({ query: list }),
  })
  expect(await listed.text()).toContain('"id":9007199254740993,"text":"tea"')
  expect(upstream.last().headers.authorization).toMatch(/^NOTES ada:/)
  expect(await findings(ada)).toEqual(['SCRIPT_REQUIRED'])

  const file = join(copied.folder, 'hooks.ts')
  const hooks = await readFile(file, 'utf8')
  await writeFile(file, hooks.replace('`NOTES ', '`SIGNED '))
  await until(hub, async () => {
    await ada.query(list)
    return upstream.last().headers.authorization?.startsWith('SIGNED ada:') === true
  })

  const calls = upstream.seen.length
  await appendFile(join(copied.folder, 'script.csx'), '// Changed.\n')
  await until(hub, async () => (await findings(ada)).includes('HOOK_OUTDATED'))
  expect((await ada.answer(list)).errors?.[0]?.extensions).toMatchObject({
    code: 'SCRIPT_REQUIRED',
    connector: 'signednotes',
    operation: 'ListNotes',
  })
  expect(upstream.seen.length).toBe(calls)
  expect(await ada.query('{ signednotes_getStatus { up } }')).toEqual({ signednotes_getStatus: { up: null } })

  await hub.stop('SIGTERM')
  await using again = await startHub({ ...options, dataFolder: hub.dataFolder, port: hub.port })
  const back = clientOf(again.url, ada.email, ada.headers)
  expect(await findings(back)).toContain('HOOK_OUTDATED')
  await using renewed = await copyPackage()
  await writeFile(join(copied.folder, 'script.csx'), await readFile(join(renewed.folder, 'script.csx')))
  await until(again, async () => (await back.answer(list)).errors === undefined)
  expect(upstream.last().headers.authorization).toMatch(/^SIGNED ada:/)
})
