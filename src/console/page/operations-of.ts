// The operations of a GraphQL document, and which of them runs.
import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql'

export interface Operations {
  /** Undefined where the text does not parse; the hub says why when it runs. */
  readonly documentAST?: DocumentNode
  readonly operations: OperationDefinitionNode[]
}

/** Reads the operations of a text; none where it does not parse. */
export function operationsOf(text: string): Operations {
  try {
    const documentAST = parse(text)
    const operations = documentAST.definitions.filter(
      (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
    )
    return { documentAST, operations }
  } catch {
    return { operations: [] }
  }
}

/**
 * The operation that was chosen by name, or else the first. Read from the text that is sent because the editor's own
 * idea of it is a tenth of a second old: a subscription that is pasted and run would go as what stood there before.
 */
export function operationToRun(
  text: string,
  chosen: string | null | undefined,
): { subscription: boolean; operationName: string | null } {
  const { operations } = operationsOf(text)
  const operation = operations.find(({ name }) => name?.value === chosen) ?? operations[0]
  return {
    subscription: operation?.operation === 'subscription',
    operationName: operation?.name?.value ?? null,
  }
}
