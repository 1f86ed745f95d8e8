// What one environment variable may hold where that is more than a text or a number: each reader says in a sentence what
// it wants, and gives what Config has.
import { isIP } from 'node:net'
import { z } from 'zod'
import { secret } from './secret.ts'

export const list = (separator: string) =>
  z.string().transform(text =>
    text
      .split(separator)
      .map(part => part.trim())
      .filter(part => part !== ''),
  )

export const origin = z
  .string()
  .refine(isOrigin, 'must be an origin such as http://127.0.0.1:9093, without a path')

export const database = z
  .string()
  .refine(
    text => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text),
    'must be a URL that begins with postgres://',
  )
  .transform(secret)

export const keys = list(',').transform((entries, context) =>
  entries.map(entry => {
    const [id = '', key = ''] = entry.split(/:(.*)/s)
    if (!/^[\w-]{1,32}$/.test(id) || Buffer.from(key, 'base64').length !== 32)
      context.addIssue(
        'must be a list of id:base64 with 32 bytes behind each id, as `openssl rand -base64 32` prints them',
      )
    return { id, key: secret(key) }
  }),
)

export const substitutes = list(',').transform((entries, context) =>
  entries.map(entry => {
    const [from = '', to = ''] = entry.split(/=(.*)/s)
    if ((from === '*' || isHttpOrigin(from)) && isHttpOrigin(to))
      return { from: from === '*' ? from : new URL(from).origin, to: new URL(to).origin }
    context.addIssue(
      'must be a list of origin=origin with http or https, such as https://api.example.com=http://127.0.0.1:9000 or *=http://127.0.0.1:9001',
    )
    return { from: '', to: '' }
  }),
)

export const callRates = wholeNumbers(
  ['connection', 'connector'],
  'must be two whole numbers, the calls a second of one connection and of one connector, such as 100,500; 0 is no limit',
)

export const uploads = wholeNumbers(
  ['fileMegabytes', 'requestMegabytes', 'files', 'heldMegabytes'],
  'must be four whole numbers, the megabytes of one file, of all files of a request, their number, and the megabytes of all requests at once, such as 25,50,10,200',
)

export const webhookRate = wholeNumbers(
  ['perSecond', 'burst'],
  'must be two whole numbers, the requests a second at one webhook and the burst before that counts, such as 500,5000; 0,0 is no limit',
).refine(
  ({ perSecond, burst }) => perSecond === 0 || burst > 0,
  'must have a burst of 1 or more, such as 500,5000: nothing would come through a burst of 0',
)

export const subscriptions = wholeNumbers(
  ['perSocket', 'streamsPerPerson'],
  'must be two whole numbers of 1 or more, the subscriptions of one WebSocket and the event streams of one person, such as 1000,100',
  1,
)

/** Whose word on a caller's address is taken (RFC 7239 §5.2): never everybody's, who could name any address. */
export const proxies = list(',').pipe(
  z.array(
    z
      .string()
      .refine(
        isNetwork,
        'must be a list of addresses and networks of your proxies, such as 127.0.0.1,10.0.0.0/8,fd00::/8',
      ),
  ),
)

/** The exporter would send a name and password in the URL, and the log would show them. */
export const collector = z
  .string()
  .refine(
    text => /^https?:\/\//i.test(text) && URL.canParse(text) && !hasCredential(new URL(text)),
    'must be the http:// or https:// URL of a collector, such as http://127.0.0.1:4318; what it is to know goes into OTEL_EXPORTER_OTLP_HEADERS',
  )

/** Whole numbers with commas between them, of at most six digits and at least `least`, by name. */
function wholeNumbers<Name extends string>(names: readonly Name[], message: string, least = 0) {
  const isOne = (part: string) => /^\d{1,6}$/.test(part) && Number(part) >= least
  return z
    .string()
    .transform(text => text.split(',').map(part => part.trim()))
    .refine(parts => parts.length === names.length && parts.every(isOne), message)
    .transform(parts => {
      const numbers = names.map((name, place) => [name, Number(parts[place])])
      return Object.fromEntries(numbers) as Readonly<Record<Name, number>>
    })
}

function hasCredential({ username, password }: URL): boolean {
  return username !== '' || password !== ''
}

function isOrigin(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]+\/?$/i.test(text) && URL.canParse(text)
}

function isHttpOrigin(text: string): boolean {
  return isOrigin(text) && /^https?:/i.test(text)
}

function isNetwork(text: string): boolean {
  const [address = '', bits] = text.split(/\/(.*)/s)
  const version = isIP(address)
  if (bits === undefined) return version !== 0
  return (
    version !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128)
  )
}
