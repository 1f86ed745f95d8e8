// Any HMAC of the body in a header, as options say: `header`, `algorithm` (sha256), `encoding` (hex), `prefix`, what is
// signed (`signed`, a template of `{body}`, `{timestamp}` and `{id}`), and the headers of the two, `timestampHeader`
// and `idHeader`. A signed timestamp must be of the last five minutes, or the next.

import { type Algorithm, hmac as digestOf, fromBase64, fromHex, matchesAny } from '../digest.ts'
import type { Keys, SignedDelivery, Verifier } from './contract.ts'
import { isRecent } from './timestamp.ts'

const algorithms: readonly Algorithm[] = ['sha256', 'sha512', 'sha1']
const decoders: Readonly<Record<string, (text: string) => Buffer | null>> = {
  hex: fromHex,
  base64: fromBase64,
}

type Options = Keys['options']

function named({ headers }: Pick<SignedDelivery, 'headers'>, name: string | undefined): string | undefined {
  return name === undefined ? undefined : headers[name.toLowerCase()]
}

/** The signed bytes in parts; null where a header that the template names is missing. */
function signedParts(
  delivery: SignedDelivery,
  signed: string,
  options: Options,
): readonly (string | Uint8Array)[] | null {
  const parts = signed.split(/(\{(?:body|timestamp|id)\})/).map(part => {
    if (part === '{body}') return delivery.body
    if (part === '{timestamp}') return named(delivery, options.timestampHeader)
    return part === '{id}' ? named(delivery, options.idHeader) : part
  })
  return parts.some(part => part === undefined) ? null : parts.filter(part => part !== undefined)
}

/** The header may list several, separated by commas or spaces. */
function signaturesOf(delivery: SignedDelivery, { header, prefix = '', encoding = 'hex' }: Options) {
  const decode = decoders[encoding]
  const texts = (named(delivery, header) ?? '').split(/[\s,]+/)
  return texts.flatMap(text => (text.startsWith(prefix) ? (decode?.(text.slice(prefix.length)) ?? []) : []))
}

export const hmac = {
  scheme: 'hmac',
  verify(delivery, { secrets, options, now }) {
    const { algorithm: wanted = 'sha256', signed = '{body}' } = options
    const algorithm = algorithms.find(each => each === wanted.toLowerCase())
    const parts = signed.includes('{body}') ? signedParts(delivery, signed, options) : null
    const signatures = signaturesOf(delivery, options)
    if (algorithm === undefined || parts === null || signatures.length === 0) return 'unsigned'
    const recent = signed.includes('{timestamp}')
      ? isRecent(named(delivery, options.timestampHeader) ?? '', now)
      : true
    if (recent === null) return 'unsigned'
    if (!recent) return 'stale'
    const expected = secrets.map(secret => digestOf(algorithm, secret.reveal(), ...parts))
    return matchesAny(signatures, expected) ? 'verified' : 'forged'
  },
  deliveryId: (delivery, { options }) => named(delivery, options.idHeader) ?? null,
} satisfies Verifier
