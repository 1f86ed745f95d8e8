// Trying a connection: the connector's own test operation, or the cheapest safe call that needs no arguments.
import type { Tester } from '../connections/index.ts'
import type { ConnectorDefinition, OperationDefinition } from '../definition/index.ts'
import { isJunctorError } from '../errors.ts'
import { type Invoker, noArguments } from '../invocation/index.ts'

const timeoutMilliseconds = 20_000

export function createTester(invoker: Invoker): Tester {
  return async (definition, connection) => {
    const operation = testOperation(definition)
    if (!operation) {
      const message = `${definition.title} has no operation that can be called without arguments, so the connection could not be tried.`
      return { ok: false, status: null, message }
    }
    try {
      const signal = AbortSignal.timeout(timeoutMilliseconds)
      const { status } = await invoker.call({
        definition,
        operation,
        connection,
        arguments: noArguments,
        signal,
      })
      return { ok: true, status, message: null }
    } catch (error) {
      if (!isJunctorError(error)) throw error
      return { ok: false, status: error.details.http?.status ?? null, message: error.message }
    }
  }
}

/** What the package names (connector-format §3.7), else the safe operation with the fewest arguments, none required. */
function testOperation(definition: ConnectorDefinition): OperationDefinition | undefined {
  const named = definition.operations.find(operation => operation.id === definition.testOperation)
  if (named) return named
  const needsNothing = (operation: OperationDefinition) =>
    operation.parameters.every(
      parameter =>
        !parameter.required || parameter.constant !== undefined || parameter.schema.default !== undefined,
    )
  return definition.operations
    .filter(
      operation =>
        operation.safe && operation.role.role === 'action' && !operation.scripted && needsNothing(operation),
    )
    .sort((a, b) => a.parameters.length - b.parameters.length)[0]
}
