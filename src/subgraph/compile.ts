// Compiling: definition → plan → types → SDL and operation table. The result is checked before anybody can store it.
import type { ConnectorDefinition, Diagnostic } from '../definition/index.ts'
import { JunctorError } from '../errors.ts'
import { type Artifact, type CompiledOperation, compilerVersion } from './artifact.ts'
import { checkSubgraph } from './check-subgraph.ts'
import { loadTypes } from './loader/load-types.ts'
import { planConnector } from './plan/connector-plan.ts'
import { createFindings } from './plan/findings.ts'
import type { OperationPlan } from './plan/operation-plan.ts'
import { printExample } from './sdl/example.ts'
import { printSubgraph, type SubgraphText } from './sdl/print-subgraph.ts'
import { type WireNames, wireNamesOf } from './wire-names.ts'

/**
 * Compiles a connector. The same definition gives the same artifact; nothing is read or called.
 * Throws CONNECTOR_QUARANTINED where no valid schema comes of it.
 */
export async function compileConnector(
  definition: ConnectorDefinition,
): Promise<{ artifact: Artifact; diagnostics: readonly Diagnostic[] }> {
  const findings = createFindings()
  const plan = planConnector(definition, findings)
  if (plan.operations.length === 0)
    throw quarantined(definition, 'it has no operation that can become a GraphQL field')
  const text: SubgraphText = { plan, loaded: await loadTypes(definition, plan) }
  const names = wireNamesOf(plan)
  const artifact: Artifact = {
    connector: definition.name,
    hash: definition.hash,
    compilerVersion,
    sdl: printSubgraph(text),
    operations: plan.operations.map(operation => compileOperation(operation, names, text)),
    wireNames: names.wireNames,
    inputMembers: names.inputMembers,
  }
  const fault = checkSubgraph(artifact.sdl)
  if (fault !== null) throw quarantined(definition, `its schema is not valid: ${fault}`)
  return { artifact, diagnostics: findings.all() }
}

function compileOperation(plan: OperationPlan, names: WireNames, text: SubgraphText): CompiledOperation {
  const inputTypes = plan.arguments.flatMap(({ name, shape }) => {
    const type = names.renamedInput(shape)
    return type === null ? [] : [[name, type] as const]
  })
  return {
    field: plan.field,
    root: plan.root,
    operationId: plan.operation.id,
    arguments: Object.fromEntries([
      ...[...plan.ownArguments, ...plan.arguments].map(({ name, target }) => [name, target]),
      ...(text.plan.filters.ofTrigger(plan) ? [['where', { to: 'where' }]] : []),
    ]),
    inputTypes: Object.fromEntries(inputTypes),
    result: plan.result,
    example: printExample(plan, text),
  }
}

function quarantined(definition: ConnectorDefinition, reason: string): JunctorError {
  return new JunctorError(
    'CONNECTOR_QUARANTINED',
    `The connector "${definition.name}" cannot be compiled, because ${reason}.`,
    { details: { connector: definition.name } },
  )
}
