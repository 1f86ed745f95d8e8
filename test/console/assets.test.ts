import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ConsoleAssets,
  consoleAssets,
  consoleHeaders,
  contentSecurityPolicy,
} from '../../src/console/index.ts'

describe('the files of the page', () => {
  let parent: string
  let assets: ConsoleAssets
  beforeAll(async () => {
    parent = await realpath(await mkdtemp(join(tmpdir(), 'junctor-assets-')))
    await mkdir(join(parent, 'dist/assets'), { recursive: true })
    await writeFile(join(parent, 'secret.js'), '')
    await writeFile(join(parent, 'dist/index.html'), '')
    await writeFile(join(parent, 'dist/.stamp'), '')
    await writeFile(join(parent, 'dist/assets/main-abc.js'), '')
    assets = consoleAssets(join(parent, 'dist'))
  })
  afterAll(() => rm(parent, { recursive: true, force: true }))

  it('are found by their paths', () => {
    expect(assets.lookup('/')?.file).toBe(join(parent, 'dist/index.html'))
    expect(assets.lookup('/assets/main-abc.js')).toEqual({
      file: join(parent, 'dist/assets/main-abc.js'),
      contentType: 'text/javascript; charset=utf-8',
      immutable: true,
    })
  })

  it.each([
    '',
    'index.html',
    '/.stamp',
    '/assets',
    '/assets/',
    '//index.html',
    '/../secret.js',
    '/assets/../../secret.js',
    '/%2e%2e/secret.js',
    '/..%2fsecret.js',
    '/..\\secret.js',
    '/assets/main-abc.js\0.html',
    '/__proto__',
    '/constructor',
  ])('refuse %j', path => {
    expect(assets.lookup(path)).toBeUndefined()
  })

  it('never lie outside the folder, whatever the path', () => {
    const piece = fc.constantFrom(
      '/',
      '..',
      '.',
      '%2e',
      '%2f',
      '\\',
      'assets',
      'secret.js',
      'main-abc.js',
      'index.html',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), pieces => {
        const file = assets.lookup(pieces.join(''))?.file
        expect(file === undefined || file.startsWith(join(parent, 'dist') + sep)).toBe(true)
      }),
    )
  })
})

describe('the headers of the page', () => {
  const policy = new Map(
    contentSecurityPolicy.split('; ').map(directive => {
      const [name = '', ...sources] = directive.split(' ')
      return [name, sources]
    }),
  )

  it('let scripts, workers and connections only be of the same origin', () => {
    for (const name of ['script-src', 'worker-src', 'connect-src'])
      expect(policy.get(name)).toEqual(["'self'"])
    expect(contentSecurityPolicy).not.toContain('unsafe-eval')
  })

  it('refuse whatever is not named, frames, base elements, and images of other hosts', () => {
    expect(policy.get('default-src')).toEqual(["'none'"])
    expect(policy.get('frame-ancestors')).toEqual(["'none'"])
    expect(policy.get('base-uri')).toEqual(["'none'"])
    expect(policy.get('img-src')).toEqual(["'self'", 'data:'])
  })

  it('store hashed files for good and the page never', () => {
    const contentType = 'text/html'
    expect(consoleHeaders({ contentType, immutable: true })['cache-control']).toContain('immutable')
    expect(consoleHeaders({ contentType, immutable: false })['cache-control']).toBe('no-store')
  })
})
