// What an import may be called, and what its texts may hold.
import { JunctorError } from '../../errors.ts'

export interface ImportInput {
  readonly name: string
  readonly document: string
  readonly properties: string | null
  readonly replace: boolean
}

/** The first part of a root field's name must not be one of these. */
const reservedNames = new Set(['hub', 'query', 'mutation', 'subscription'])

export function isConnectorName(name: string): boolean {
  return /^[a-z][a-z0-9]{0,62}$/.test(name) && !reservedNames.has(name)
}

/** Throws BAD_INPUT. */
export function refuseText({ name, document, properties }: ImportInput): void {
  if (!isConnectorName(name))
    throw new JunctorError(
      'BAD_INPUT',
      `"${name}" cannot name a connector: use 1 to 63 lower-case letters and digits, beginning with a letter, and none of ${[...reservedNames].join(', ')}.`,
    )
  // Neither JSON nor YAML may have one, and PostgreSQL stores none.
  for (const [what, text] of [
    ['document', document],
    ['properties', properties ?? ''],
  ] as const)
    if (text.includes('\0'))
      throw new JunctorError(
        'BAD_INPUT',
        `The ${what} for "${name}" must not contain the character NUL; save it as UTF-8 text without it.`,
      )
}
