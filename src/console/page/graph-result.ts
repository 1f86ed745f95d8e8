// The hub's answer to one GraphQL operation, as it comes off the wire.
import type { ExecutionResult } from 'graphql'
import { z } from 'zod'

/**
 * True for the JSON form of an execution result. The editor's types speak of GraphQLError objects, but it only prints
 * them; what reads an error here reads it through `faultsOf`.
 */
export function isGraphResult(value: unknown): value is ExecutionResult {
  return typeof value === 'object' && value !== null && ('data' in value || 'errors' in value)
}

const faults = z.array(
  z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() }),
)

/** The errors of a result: their sentences, and the codes of errors.ts. */
export function faultsOf(result: ExecutionResult): { messages: string[]; codes: (string | undefined)[] } {
  const errors = faults.safeParse(result.errors).data ?? []
  return {
    messages: errors.map(error => error.message),
    codes: errors.map(error => error.extensions?.code),
  }
}
