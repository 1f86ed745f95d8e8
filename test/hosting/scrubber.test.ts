// What a webapp logs and what its errors say, without what its connections hold.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createScrubber } from '../../src/hosting/scrubber.ts'

function scrubbed(parameters: Readonly<Record<string, unknown>>, text: string): string {
  const scrubber = createScrubber()
  scrubber.learn(parameters)
  return scrubber.scrub(text)
}

test('a value is hidden wherever it stands in a text, the longest first', () => {
  expect(scrubbed({ a: 'hunter2', b: 'hunter2-and-more' }, 'x=hunter2-and-more;hunter2!')).toBe(
    'x=[redacted];[redacted]!',
  )
  fc.assert(
    fc.property(
      fc.string({ minLength: 4, maxLength: 30 }),
      fc.string(),
      fc.string(),
      (secret, before, after) => {
        fc.pre(!'[redacted]'.includes(secret) && !secret.includes('[redacted]'))
        const clean = scrubbed({ secret }, `${before}${secret}${after}`)
        expect(clean.split('[redacted]').join('\0')).not.toContain(secret)
      },
    ),
  )
})

test.each([
  ['postgres://ada:s3cr%40t@db.example/shop', 'password authentication failed: s3cr@t or s3cr%40t'],
  ['Server=db.example;User Id=ada;Password=s3cr@t;', 'login with s3cr@t failed'],
  ['Server=db.example;Pwd="s3cr@t"', 's3cr@t'],
  ['AccountName=shop;AccountKey=s3cr@t==;EndpointSuffix=x', 'signed with s3cr@t=='],
  ['https://shop.example/?sv=1&sig=s3cr@t', 'sig s3cr@t'],
  ['Bearer s3cr@t', 'the token s3cr@t has expired'],
  ['{"user": "ada", "password": "s3cr@t"}', 's3cr@t'],
])('the secret within %s is hidden alone, too', (value, text) => {
  expect(scrubbed({ value }, text)).not.toMatch(/s3cr/)
  expect(scrubbed({ value }, value)).toBe('[redacted]')
})

test('the rest of such a value stays readable, and words shorter than a secret do', () => {
  const value = 'Server=db.example;User Id=ada;Password=s3cr@t;Database=shop;Token=abc'
  const text = 'no database shop for ada on db.example, abc'
  expect(scrubbed({ value, port: '5', region: 'eu' }, text)).toBe(text)
})
