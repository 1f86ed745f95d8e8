// Every operation of one connector, called with all arguments and with as few as there may be, and what came of it.
import type { OperationDefinition } from '../../../src/definition/index.ts'
import type { Compiled } from '../../../src/gateway/catalogue/compiled.ts'
import { createCaller, type Means } from './call-once.ts'
import { declaredOperations } from './declared-operation.ts'
import type { Extent, FoundFault } from './faults.ts'
import type { PackageText } from './package-text.ts'
import { isScripted } from './scripted.ts'

export type CallOutcome =
  | { readonly kind: 'called'; readonly faults: readonly FoundFault[] }
  /** Left to the triggers' own tests, or refused because a script would have to run. */
  | { readonly kind: 'trigger' | 'webhook action' | 'script' }

export interface CallRecord {
  readonly connector: string
  readonly operation: string
  readonly extent: Extent
  readonly outcome: CallOutcome
}

export async function* callConnector(
  name: string,
  text: PackageText,
  compiled: Compiled,
  means: Means,
): AsyncGenerator<CallRecord> {
  const { definition, artifact } = compiled
  if (!definition || !artifact) throw new Error(`${name} is quarantined.`)
  const declared = declaredOperations(text.document)
  const call = createCaller(name, text, { definition, artifact }, means)

  async function outcomeOf({ id, role }: OperationDefinition, extent: Extent) {
    const operation = artifact?.operations.find(each => each.operationId === id)
    const as = declared.get(id)
    if (operation?.root === 'Subscription') return { kind: 'trigger' } as const
    if (role.role !== 'action') return { kind: 'webhook action' } as const
    if (!operation || !as) return called('not in the document', id)
    try {
      const faults = await call(operation, as, extent)
      const isRefused = faults.some(({ kind }) => kind === 'refused: SCRIPT_REQUIRED')
      if (isRefused && isScripted(text, id)) return { kind: 'script' } as const
      return { kind: 'called', faults } as const
    } catch (error) {
      return called('check failed', String(error))
    }
  }

  for (const operation of definition.operations)
    for (const extent of ['all', 'required'] as const)
      yield { connector: name, operation: operation.id, extent, outcome: await outcomeOf(operation, extent) }
}

function called(kind: string, detail: string): CallOutcome {
  return { kind: 'called', faults: [{ check: 'call', kind, detail }] }
}
