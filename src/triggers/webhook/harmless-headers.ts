// Which headers of a delivery its subscribers may see: whoever reads events must not learn how to send them.

/** Anywhere in the name: the words of `x-accesstoken` are not told apart. */
const secretText =
  /secret|token|signature|passw|passphrase|passcode|credential|cookie|session|hmac|jwt|bearer|auth(?!or$|ors$|ority$)/

/** As a word of the name: in a longer word (`passenger`, `assign`) it means nothing. */
const secretWords: ReadonlySet<string> = new Set(['pass', 'pwd', 'pin', 'otp', 'sig', 'sign', 'sas'])

/** What may stand before `key` where that names a thing and opens nothing. */
const harmlessKeys: ReadonlySet<string> = new Set([
  'cache',
  'dedupe',
  'deduplication',
  'entity',
  'event',
  'idempotency',
  'message',
  'object',
  'ordering',
  'partition',
  'record',
  'resource',
  'routing',
  'sort',
  'surrogate',
])

/** Any of it makes a name worth a look at its words; nearly every header has nothing of it. */
const suspicious = new RegExp(['proxy', 'key', ...secretWords, secretText.source].join('|'))

/** Headers that only look like secrets. */
const harmlessNames: ReadonlySet<string> = new Set(['i-twilio-idempotency-token'])

/** The headers without any that authenticate the sender or could, judged by the words of their names. */
export function harmlessHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isHarmless(name.toLowerCase())))
}

function isHarmless(name: string): boolean {
  if (!suspicious.test(name) || harmlessNames.has(name)) return true
  const words = name.split(/[-_.]/)
  return words[0] !== 'proxy' && !words.some((word, index) => isSecret(word, words[index - 1]))
}

function isSecret(word: string, before: string | undefined): boolean {
  if (secretWords.has(word) || secretText.test(word)) return true
  // `key`, `keys`, and in one word with what it opens (`apikey`) or names (`partitionkey`).
  const key = /^(.*?)keys?\d*$/.exec(word)
  return key !== null && !harmlessKeys.has(key[1] || (before ?? ''))
}
