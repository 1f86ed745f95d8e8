import { existsSync } from 'node:fs'
import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { consoleAssets } from '../../src/console/index.ts'
import { copyPage, type PageCopy } from './page-copy.ts'

describe('the built page', () => {
  let copy: PageCopy
  let printed: string
  beforeAll(async () => {
    copy = await copyPage({ dependencies: true })
    printed = await copy.build()
  })
  afterAll(() => copy[Symbol.asyncDispose]())

  const text = (path: string) => readFile(join(copy.dist, path), 'utf8')
  const assetsNamed = async (suffix: string) => {
    const names = await readdir(join(copy.dist, 'assets'))
    return names.filter(name => name.endsWith(suffix)).map(name => `assets/${name}`)
  }

  it('is built without a warning', () => {
    expect(printed).toMatch(/^The console is built: \d+ files in [\d.]+ s\.\n$/)
  })

  it('has the production builds of its libraries, whatever environment it is built in', async () => {
    expect(process.env.NODE_ENV).not.toBe('production')
    for (const script of await assetsNamed('.js')) expect(await text(script), script).not.toContain('jsxDEV')
    expect(await text('index.html')).not.toContain('react-refresh')
  })

  it('refers from its HTML only to files that are there, and to no other host', async () => {
    const html = await text('index.html')
    const references = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(match => match[1] ?? '')
    expect(references.length).toBeGreaterThan(2)
    for (const reference of references) {
      expect(reference).toMatch(/^\.\/assets\//)
      expect(existsSync(join(copy.dist, reference)), reference).toBe(true)
    }
  })

  it('has no inline script, which its own policy would refuse', async () => {
    const html = await text('index.html')
    for (const [, attributes, body] of html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)) {
      expect(attributes).toContain('src=')
      expect(body).toBe('')
    }
    expect(html).not.toMatch(/\son\w+=/)
  })

  it('refers from its style sheets only to data and to files that are there', async () => {
    const sheets = await assetsNamed('.css')
    expect(sheets.length).toBeGreaterThan(0)
    for (const sheet of sheets) {
      const css = await text(sheet)
      expect(css).not.toMatch(/@import/)
      for (const [, reference = ''] of css.matchAll(/url\(["']?([^"')]+)/g)) {
        if (reference.startsWith('data:') || reference.startsWith('#')) continue
        expect(existsSync(join(copy.dist, dirname(sheet), reference)), reference).toBe(true)
      }
    }
  })

  it('carries the workers of the editor, GraphQL and JSON as files of its own', async () => {
    const scripts = (await assetsNamed('.js')).join(' ')
    for (const worker of ['editor.worker', 'graphql.worker', 'json.worker']) expect(scripts).toContain(worker)
  })

  it('loads no script from another host', async () => {
    for (const script of await assetsNamed('.js')) {
      const code = await text(script)
      expect(code, script).not.toMatch(/import\(\s*["'`]https?:/)
      expect(code, script).not.toMatch(/\bfrom\s*["']https?:/)
    }
  })

  it('is served file by file, hashed files as immutable and the page as never stored', () => {
    const assets = consoleAssets(copy.dist)
    expect(assets.built).toBe(true)
    expect(assets.lookup('/')).toEqual(assets.lookup('/index.html'))
    expect(assets.lookup('/')).toMatchObject({ contentType: 'text/html; charset=utf-8', immutable: false })
    expect(assets.lookup('/.stamp')).toBeUndefined()
  })

  it('has only files whose content type is known', async () => {
    const assets = consoleAssets(copy.dist)
    for (const path of await assetsNamed(''))
      expect(assets.lookup(`/${path}`), path).toMatchObject({
        file: join(copy.dist, path),
        immutable: true,
      })
  })

  it('is left alone while it is fresh, and built anew once a source has changed', async () => {
    const page = join(copy.dist, 'index.html')
    const before = (await stat(page)).mtimeMs
    expect(await copy.build('--if-stale')).toBe('')
    expect((await stat(page)).mtimeMs).toBe(before)

    const left = join(copy.dist, 'assets/left-over.js')
    await writeFile(left, '')
    await appendFile(join(copy.sources, 'page/style/base.css'), '\n.marker-of-this-test { color: red }\n')
    expect(await copy.build('--if-stale')).toContain('The console is built')
    const sheets = await Promise.all((await assetsNamed('.css')).map(text))
    expect(sheets.join('')).toContain('marker-of-this-test')
    expect(existsSync(left)).toBe(false)
  })
})

describe('without development dependencies', () => {
  it('the build says so and succeeds, and a page that explains it is served', async () => {
    await using copy = await copyPage({ dependencies: false })
    expect(await copy.build('--if-stale')).toContain('development dependencies are not installed')
    const assets = consoleAssets(copy.dist)
    expect(assets.built).toBe(false)
    const page = assets.lookup('/')
    expect(await readFile(page?.file ?? '', 'utf8')).toContain('npm run build:console')
    expect(page?.immutable).toBe(false)
  })
})
