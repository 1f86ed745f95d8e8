// Takes connection parameters out of text: what a webapp logs, and what its errors say.

export interface Scrubber {
  /** Remembers the strings in `parameters` as words that no log may hold. */
  learn(parameters: Readonly<Record<string, unknown>>): void
  scrub(text: string): string
}

/** Shorter values would blank out ordinary words; a password is longer. */
const shortestSecret = 4
/** Connections come and go; what was learnt long ago is no longer in use. */
const mostSecrets = 2_000

export function createScrubber(): Scrubber {
  const secrets = new Set<string>()
  return {
    learn(parameters) {
      const texts = Object.values(parameters).filter(value => typeof value === 'string')
      for (const word of texts.flatMap(text => [text, ...secretParts(text)])) {
        if (word.length < shortestSecret) continue
        secrets.delete(word)
        secrets.add(word)
        for (const oldest of secrets) {
          if (secrets.size <= mostSecrets) break
          secrets.delete(oldest)
        }
      }
    },
    scrub(text) {
      // Longest first: a secret may hold another one.
      const present = [...secrets].filter(value => text.includes(value)).sort((a, b) => b.length - a.length)
      return present.reduce((clean, value) => clean.replaceAll(value, '[redacted]'), text)
    },
  }
}

/** `name=value` and `name: value` of connection strings and headers, where the name says that it is secret. */
const named =
  /(?:^|[\s;,&?{"'])[\w .-]*(?:passw(?:or)?d|pwd|passphrase|secret|token|key|signature|sig)["']?\s*[=:]\s*("[^"]*"|'[^']*'|[^\s;,&"']+)/gi

/**
 * The secrets within a value that is a text around them: drivers log the password of a URL or of a connection string
 * without the rest. Hosts and names in it stay readable.
 */
function secretParts(text: string): string[] {
  const url = URL.canParse(text) ? new URL(text) : null
  const parts = [
    ...(url ? [url.password] : []),
    ...[...text.matchAll(named)].map(([, value = '']) => value.replace(/^(["'])(.*)\1$/s, '$2')),
    /^\s*(?:bearer|basic|token)\s+(\S+)\s*$/i.exec(text)?.[1] ?? '',
  ]
  return [...parts, ...parts.map(decoded)].filter(part => part !== text)
}

/** As a driver has it that read it out of a URL. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
