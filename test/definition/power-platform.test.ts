import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type ConnectorDefinition,
  type Diagnostic,
  findPackages,
  readPackage,
} from '../../src/definition/index.ts'
import { requirement } from '../harness/requirement.ts'
import { corpus } from './corpus.ts'

const folder = corpus('power-platform')

interface Package {
  readonly name: string
  readonly folder: string
  readonly definition: ConnectorDefinition | null
  readonly diagnostics: readonly Diagnostic[]
}

describe.skipIf(!requirement('the catalogue of the corpus', existsSync(folder)))(
  'the public catalogue',
  () => {
    const packages: Package[] = []
    const definitions = () => packages.flatMap(({ definition }) => (definition === null ? [] : [definition]))
    const operations = () => definitions().flatMap(definition => definition.operations)
    beforeAll(async () => {
      for (const found of await findPackages([folder])) {
        const { definition, diagnostics } = await readPackage(found.folder, { name: found.name })
        packages.push({ ...found, definition, diagnostics: [...found.diagnostics, ...diagnostics] })
      }
      process.stderr.write(`\n${summary(packages)}\n`)
    }, 120_000)

    test('every package is read', () => {
      expect(packages.filter(({ definition }) => definition === null).map(each => each.folder)).toEqual([])
      expect(packages).toHaveLength(657)
    })

    test('every connector has a name of its own that can prefix a field', () => {
      expect(new Set(packages.map(({ name }) => name)).size).toBe(packages.length)
      expect(packages.filter(({ name }) => !/^[a-z][a-z0-9]*$/.test(name))).toEqual([])
    })

    test('repairs lose no path', () => {
      const pathsOf = (name: string) =>
        new Set(packages.find(each => each.name === name)?.definition?.operations.map(({ path }) => path))
          .size
      expect({
        docusigndemo: pathsOf('docusigndemo'),
        stabilityai: pathsOf('stabilityai'),
        iconhorse: pathsOf('iconhorse'),
      }).toEqual({
        docusigndemo: 64,
        stabilityai: 9,
        iconhorse: 1,
      })
    })

    test('every trigger has an event, and a webhook of the catalogue has a place for its URL', () => {
      const triggers = operations().filter(({ role }) => role.role !== 'action')
      expect(triggers.length).toBeGreaterThan(400)
      expect(triggers.filter(({ event }) => event === null)).toEqual([])
      expect(
        triggers.filter(({ role }) => role.role === 'webhook' && role.callbackPaths.length === 0),
      ).toEqual([])
    })

    test('every reference leads somewhere, and every default fits an operation that can be sent', () => {
      for (const { schemas, operations: own } of definitions()) {
        const text = JSON.stringify([schemas, own], (_key, value) =>
          typeof value === 'bigint' ? String(value) : value,
        )
        const names = new Set(
          [...text.matchAll(/"type":"ref","ref":("(?:[^"\\]|\\.)*")/g)].map(match => JSON.parse(match[1]!)),
        )
        expect([...names].filter(name => !Object.hasOwn(schemas, name))).toEqual([])
      }
      for (const { path, parameters, body, contentType } of operations()) {
        const tokens = [...path.matchAll(/\{([^{}]+)\}/g)].map(match => match[1])
        const named = parameters.filter(each => each.in === 'path').map(({ name }) => name)
        expect(named.sort()).toEqual([...new Set(tokens)].sort())
        expect(contentType === null).toBe(body === null && !parameters.some(each => each.in === 'form'))
      }
    })

    test('every connector has a way to connect, and keys that its parameters hold', () => {
      for (const { authentications } of definitions()) {
        expect(authentications.length).toBeGreaterThan(0)
        for (const { kind, keys, parameters, oauth } of authentications) {
          expect(keys.every(key => parameters.some(({ name }) => name === key.parameter))).toBe(true)
          expect(keys.length > 0).toBe(kind === 'API_KEY')
          expect(oauth !== undefined).toBe(kind.startsWith('OAUTH2'))
        }
      }
    })
  },
)

function summary(packages: readonly Package[]): string {
  const count = (values: readonly string[]) => {
    const counts = new Map<string, number>()
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    return [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([value, times]) => `${value} ${times}`)
      .join(', ')
  }
  const read = packages.flatMap(({ definition }) => (definition === null ? [] : [definition]))
  const operations = read.flatMap(definition => definition.operations)
  const roles = operations.map(({ role }) =>
    role.role === 'polling'
      ? `polling by ${role.style}`
      : role.role === 'webhook' && role.once
        ? 'webhook once'
        : role.role,
  )
  const repaired = packages.filter(({ diagnostics }) =>
    diagnostics.some(({ code }) => /REPAIRED$/.test(code)),
  )
  return [
    `packages ${packages.length}, read ${read.length}, repaired ${repaired.length}, operations ${operations.length}`,
    `roles: ${count(roles)}`,
    `authentications: ${count(read.flatMap(({ authentications }) => authentications.map(({ kind }) => kind)))}`,
    `findings: ${count(packages.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)))}`,
  ].join('\n')
}
