// A real Chromium, and what a person does at the page: fill in, click, type, read.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { waitFor } from '../../harness/hub.ts'

export const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
export const chromiumPresent = existsSync(chromiumPath)

const output = join(import.meta.dirname, '../../output')

export interface Visit extends AsyncDisposable {
  readonly context: BrowserContext
  readonly page: Page
  /** Origins of every request so far, of the page, its workers and its sockets. */
  readonly origins: ReadonlySet<string>
  /** What the browser reported: scripts that failed, and what the content security policy refused. */
  readonly faults: readonly string[]
  screenshot(name: string): Promise<void>
}

/** Opens a fresh profile at `url`. */
export async function visit(
  url: string,
  { colorScheme = 'light' }: { colorScheme?: 'light' | 'dark' } = {},
): Promise<Visit> {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } })
  const origins = new Set<string>()
  const faults: string[] = []
  context.on('request', request => origins.add(new URL(request.url()).origin))
  context.on('weberror', error => faults.push(error.error().message))
  context.on('console', message => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text())
  })
  const page = await context.newPage()
  page.on('websocket', socket => origins.add(new URL(socket.url()).origin.replace('ws', 'http')))
  await page.goto(url)
  return {
    context,
    page,
    origins,
    faults,
    async screenshot(name) {
      await page.screenshot({ path: join(output, `${name}.png`), animations: 'disabled' })
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

/** Creates the account, and waits until the editors are there. */
export async function signUpAtThePage(page: Page, email: string): Promise<void> {
  await page.getByLabel('Name').fill('Ada Lovelace')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Create account' }).click()
  await editorsReady(page)
}

export async function editorsReady(page: Page): Promise<void> {
  for (const editor of ['.graphiql-query-editor', '.result-window'])
    await page.locator(`${editor} .view-lines`).first().waitFor({ state: 'attached' })
}

/** Presses play: runs the tab's operation, or ends the subscription that runs. */
export async function pressPlay(page: Page): Promise<void> {
  await page.locator('.graphiql-execute-button').click()
}

/** Replaces the variables of the tab. */
export async function setVariables(page: Page, variables: object): Promise<void> {
  await page.locator('.graphiql-editor-tool .monaco-editor').first().click()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText(JSON.stringify(variables))
  // The editor has closed brackets and quotes of its own accord; what it added stands behind the caret.
  await page.keyboard.press('ControlOrMeta+Shift+End')
  await page.keyboard.press('Delete')
}

/** Waits until the visible part of the response shows `text`; throws with what it shows instead. */
export async function responseShows(page: Page, text: string): Promise<void> {
  let shown = ''
  await waitFor(
    async () => {
      // Monaco writes its spaces as no-break spaces.
      shown = ((await page.locator('.result-window').textContent()) ?? '').replaceAll('\u00a0', ' ')
      return shown.includes(text)
    },
    () => `The response does not show ${text}, but: ${shown}`,
    30,
  )
}
