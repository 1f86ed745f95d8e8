// What a test needs and a machine may not have. Absent means skipped and said aloud; in CI it means failed.

/**
 * True where the thing is present: `describe.skipIf(!requirement('the corpus', existsSync(corpus)))`.
 * Throws in CI, where everything must be.
 */
export function requirement(name: string, present: boolean): boolean {
  if (present) return true
  const sentence = `Tests that need ${name} cannot run here: it is absent.`
  if (process.env.CI) throw new Error(sentence)
  // Written past vitest's own console, which a passing run may hide.
  process.stderr.write(`\nSKIPPED: ${sentence}\n`)
  return false
}
