// An opaque secret: it prints as [redacted] wherever it is logged, serialised or inspected.
import { inspect } from 'node:util'

const redacted = '[redacted]'

/** Holds a secret string. Only `reveal()` gives it back, at the place where it is used. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [inspect.custom](): string {
    return redacted
  }
}

/** Wraps a string so that it cannot leak by being printed. */
export function secret(value: string): Secret {
  return new Secret(value)
}
