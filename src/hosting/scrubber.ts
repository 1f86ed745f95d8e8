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
      for (const value of Object.values(parameters)) {
        if (typeof value !== 'string' || value.length < shortestSecret) continue
        secrets.delete(value)
        secrets.add(value)
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
