// A connection's name: what people call it by, once in an organization and connector.
import { DatabaseError } from 'pg'
import { JunctorError } from '../errors.ts'
import { isId } from '../id.ts'

/** True for a violation of the constraint `connection_name`; drizzle wraps the database's error. */
export function isTakenName(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof DatabaseError && cause.constraint === 'connection_name'
}

export function nameTaken(connector: string, name: string): JunctorError {
  return new JunctorError(
    'CONFLICT',
    `Your organization already has a connection ${JSON.stringify(name)} for the connector ${connector}. Choose another name.`,
    { details: { connector } },
  )
}

/** Throws BAD_INPUT. */
export function acceptName(text: string): string {
  const name = text.trim()
  if (name.length === 0 || name.length > 100 || /\p{Cc}/u.test(name))
    throw new JunctorError('BAD_INPUT', 'A connection’s name must have 1 to 100 characters on one line.')
  // A reference to a connection is its name or its id.
  if (isId(name)) throw new JunctorError('BAD_INPUT', 'A connection’s name must not look like an id.')
  return name
}
