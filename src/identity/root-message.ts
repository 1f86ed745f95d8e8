/**
 * What went wrong at the bottom of a chain of causes. The database errors above it repeat the query with its parameters,
 * which here are password hashes and session tokens, and errors are logged.
 */
export function rootMessage(error: unknown): string {
  let root = error
  while (root instanceof Error && root.cause !== undefined) root = root.cause
  return root instanceof Error ? root.message : String(root)
}
