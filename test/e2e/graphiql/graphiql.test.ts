// The tour that a newcomer takes at the page, in a real browser against a real hub.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { startHub } from '../../harness/hub.ts'
import { requirement } from '../../harness/requirement.ts'
import {
  chromiumPath,
  chromiumPresent,
  editorsReady,
  pressPlay,
  responseShows,
  setVariables,
  signUpAtThePage,
  visit,
} from './browser.ts'

const root = join(import.meta.dirname, '../../..')
const present = requirement(`Chromium at ${chromiumPath}`, chromiumPresent)

describe.runIf(present)('the console in a browser', () => {
  beforeAll(() => {
    execFileSync(process.execPath, ['src/console/build.ts', '--if-stale'], { cwd: root })
  })

  test('leads from the first account to a live event, and no request leaves the host', async () => {
    await using hub = await startHub()
    await using visitor = await visit(hub.url)
    const { page, context } = visitor
    await page.getByRole('heading', { name: 'Create' }).waitFor()
    await visitor.screenshot('console-sign-up')

    await signUpAtThePage(page, 'ada@example.com')
    await pressPlay(page)
    await responseShows(page, '"email": "ada@example.com"')
    await responseShows(page, '"name": "sql"')
    await visitor.screenshot('console-first-query')

    await page.getByLabel('Search connectors').fill('sql')
    await page.locator('.panel .row', { hasText: /sql/ }).first().click()
    await page.getByLabel('Authentication').selectOption('sample')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.locator('.card', { hasText: 'active' }).waitFor()
    await visitor.screenshot('console-connected')

    await page.locator('.row-code', { hasText: /^sql_listRows$/ }).click()
    await setVariables(page, { table: 'customers' })
    await pressPlay(page)
    await responseShows(page, '"sql_listRows"')
    await responseShows(page, '"id": 1')
    await visitor.screenshot('console-rows')

    await page.locator('.row-code', { hasText: /^sql_onNewRow$/ }).click()
    await setVariables(page, { table: 'customers' })
    await pressPlay(page)
    const ask = async (query: string, variables: object = {}) => {
      const response = await context.request.post(`${hub.url}/graphql`, {
        headers: { origin: hub.url },
        data: { query, variables },
      })
      const answer: { data: Record<string, unknown>; errors?: unknown } = await response.json()
      expect(answer.errors).toBeUndefined()
      return answer.data
    }
    const feeds = '{ feeds { nodes { field status lastPollAt } } }'
    await expect
      .poll(async () => JSON.stringify(await ask(feeds)), { timeout: 60_000 })
      .toMatch(/"sql_onNewRow","status":"ACTIVE","lastPollAt":"/)
    await ask('mutation ($row: JSON!) { sql_insertRow(table: "customers", input: $row) }', {
      row: { name: 'Barbara Liskov', email: 'barbara@example.com' },
    })
    await responseShows(page, 'Barbara Liskov')
    await visitor.screenshot('console-event')

    expect([...visitor.origins]).toEqual([new URL(hub.url).origin])
    expect(visitor.faults).toEqual([])
  })

  test('keeps tabs by account, holds no token, and forgets both on signing out', async () => {
    await using hub = await startHub()
    await using visitor = await visit(hub.url, { colorScheme: 'dark' })
    const { page, context } = visitor
    await signUpAtThePage(page, 'grace@example.com')
    await pressPlay(page)
    await responseShows(page, '"email": "grace@example.com"')
    await page.waitForFunction(
      () => localStorage.getItem('junctor:grace@example.com:graphiql:tabState') !== null,
    )
    await page.reload()
    await editorsReady(page)
    await visitor.screenshot('console-dark')

    const session = (await context.cookies()).find(cookie => cookie.name.includes('session_token'))
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
    expect(stored).not.toContain(session?.value)
    expect(page.url()).toBe(`${hub.url}/`)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await page.evaluate(() => localStorage.length)).toBe(0)

    await page.getByLabel('E-mail').fill('grace@example.com')
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page
      .getByRole('alert')
      .filter({ hasText: /password/i })
      .waitFor()
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await editorsReady(page)

    // The session ends elsewhere: the page notices with its next request and shows the door.
    await context.clearCookies()
    await pressPlay(page)
    await page.getByText('Your session has ended').waitFor()
    expect(visitor.faults).toEqual([])
  })

  test('lets in who was invited, by the link of the invitation, and nobody else', async () => {
    await using hub = await startHub()
    await using host = await visit(hub.url)
    await signUpAtThePage(host.page, 'ada@example.com')
    const call = async (path: string, data: object) => {
      const answer = await host.context.request.post(`${hub.url}/api/auth/${path}`, {
        headers: { origin: hub.url },
        data,
      })
      return (await answer.json()) as { id: string }
    }
    const { id: organizationId } = await call('organization/create', { name: 'Acme', slug: 'acme' })
    const invited = { email: 'bob@example.com', role: 'member', organizationId }
    const { id } = await call('organization/invite-member', invited)

    await using stranger = await visit(hub.url)
    await stranger.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await stranger.page.getByRole('button', { name: 'Create' }).count()).toBe(0)

    await using guest = await visit(`${hub.url}/?invitation=${id}`)
    await guest.page.getByText('You are invited').waitFor()
    await guest.screenshot('console-invited')
    await signUpAtThePage(guest.page, 'bob@example.com')
    expect(guest.page.url()).toBe(`${hub.url}/`)
    const answer = await guest.context.request.get(`${hub.url}/api/auth/organization/list`)
    expect(((await answer.json()) as { id: string }[]).map(each => each.id)).toContain(organizationId)
  })
})
