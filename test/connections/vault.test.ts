import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVault, type SealContext } from '../../src/connections/index.ts'
import { secret } from '../../src/secret.ts'
import { newKey } from './house.ts'

const key = newKey('k1')
const vault = createVault([key])
const context: SealContext = { table: 'credential', row: 'r1', column: 'sealed', tenant: 't1' }
const broken = expect.objectContaining({ code: 'SEAL_BROKEN' })

describe('the vault', () => {
  it('opens what it sealed, whatever the text and the place', () => {
    const place = fc.record({
      table: fc.string(),
      row: fc.string(),
      column: fc.string(),
      tenant: fc.string(),
    })
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), place, (text, where) => {
        expect(vault.open(vault.seal(text, where), where).reveal()).toBe(text)
      }),
    )
  })

  it('takes a secret and gives back one that does not print', () => {
    const opened = vault.open(vault.seal(secret('planted'), context), context)
    expect(`${opened} ${JSON.stringify(opened)}`).not.toContain('planted')
    expect(opened.reveal()).toBe('planted')
  })

  it('has the form v1.<key id>.<iv>.<tag>.<ciphertext>, never twice the same', () => {
    const [one, two] = [vault.seal('text', context), vault.seal('text', context)]
    expect(one).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]{22}\.[\w-]+$/)
    expect(one.startsWith(vault.currentPrefix)).toBe(true)
    expect(one).not.toBe(two)
  })

  it('opens nothing in which any one character was changed, added or left out', () => {
    for (const text of ['', 'a', 'ab', 'a longer secret text']) {
      const sealed = vault.seal(text, context)
      for (let at = 0; at < sealed.length; at++) {
        for (const other of ['A', 'B', '_', '.', '=', '']) {
          const changed = sealed.slice(0, at) + other + sealed.slice(at + 1)
          if (changed !== sealed) expect(() => vault.open(changed, context), changed).toThrow(broken)
        }
        const longer = `${sealed.slice(0, at)}A${sealed.slice(at)}`
        expect(() => vault.open(longer, context), longer).toThrow(broken)
      }
    }
  })

  it.each(['table', 'row', 'column', 'tenant'] as const)(
    'opens nothing that was moved to another %s',
    part => {
      const sealed = vault.seal('text', context)
      expect(() => vault.open(sealed, { ...context, [part]: 'other' })).toThrow(broken)
    },
  )

  it('does not confuse places whose parts run together', () => {
    const sealed = vault.seal('text', { ...context, table: 'a"', row: 'b' })
    expect(() => vault.open(sealed, { ...context, table: 'a', row: '"b' })).toThrow(broken)
  })

  it('opens with older keys and seals with the first', () => {
    const next = newKey('k2')
    const old = vault.seal('text', context)
    const rotated = createVault([next, key])
    expect(rotated.open(old, context).reveal()).toBe('text')
    const sealed = rotated.seal('text', context)
    expect(sealed).toMatch(/^v1\.k2\./)
    expect(() => vault.open(sealed, context)).toThrow(broken)
    expect(() => createVault([next]).open(old, context)).toThrow(/"k1".*JUNCTOR_KEYS/)
  })

  it('opens nothing with another key of the same id, or under another id of the same key', () => {
    const sealed = vault.seal('text', context)
    expect(() => createVault([newKey('k1')]).open(sealed, context)).toThrow(broken)
    const renamed = createVault([{ id: 'k9', key: key.key }])
    expect(() => renamed.open(sealed.replace('v1.k1.', 'v1.k9.'), context)).toThrow(broken)
  })

  it('refuses keys of a wrong length, ids used twice, and no key', () => {
    const invalid = expect.objectContaining({ code: 'CONFIG_INVALID' })
    expect(() => createVault([{ id: 'short', key: secret('c2hvcnQ=') }])).toThrow(invalid)
    expect(() => createVault([newKey('same'), newKey('same')])).toThrow(invalid)
    expect(() => createVault([])).toThrow(invalid)
  })

  it('says nothing of the value or the key in its errors', () => {
    const sealed = vault.seal('planted canary', context)
    const [head] = sealed.split(/.$/)
    try {
      vault.open(`${head}A`, { ...context, row: 'x' })
      expect.unreachable()
    } catch (error) {
      expect(`${error} ${JSON.stringify(error)}`).not.toContain(key.key.reveal())
      expect(`${error}`).not.toContain('planted')
    }
  })
})
