// What compiling finds, collected in one place so that nothing is repaired silently.
import type { Diagnostic } from '../../definition/index.ts'

export interface Findings {
  readonly add: (diagnostic: Diagnostic) => void
  readonly all: () => readonly Diagnostic[]
}

/** A schema that is used as input and output is met twice; what is found in it is reported once. */
export function createFindings(): Findings {
  const found = new Map<string, Diagnostic>()
  return {
    add: diagnostic => {
      const { code, message, pointer, operation } = diagnostic
      found.set(JSON.stringify([code, message, pointer, operation]), diagnostic)
    },
    all: () => [...found.values()],
  }
}
