// Which of a connector's types a subscription may choose events by: what an event carries, as far as it has scalars.
import type { OperationPlan } from './operation-plan.ts'
import type { MemberPlan, ScalarName, TypePlan } from './shape.ts'

/** The hub's input type for a scalar's values; none for what has no order and no equality. */
export const scalarFilters: Readonly<Partial<Record<ScalarName, string>>> = {
  String: 'StringFilter',
  Int: 'IntFilter',
  Float: 'FloatFilter',
  Boolean: 'BooleanFilter',
  BigInt: 'BigIntFilter',
  DateTime: 'DateTimeFilter',
}

/** Names that combine conditions, and so are none's. */
const words: ReadonlySet<string> = new Set(['and', 'or', 'not'])

export interface FilterPlan {
  /** Types that have an input type of conditions, each once. */
  readonly types: readonly TypePlan[]
  /** Members of such a type that a condition may name. */
  membersOf(type: TypePlan): readonly MemberPlan[]
  /** What the events of a trigger are chosen by; null for any other operation, and where there is nothing to choose by. */
  ofTrigger(operation: OperationPlan): TypePlan | null
}

export function planFilters(operations: readonly OperationPlan[]): FilterPlan {
  const carried = operations.flatMap(({ root, output }) =>
    root === 'Subscription' && output.kind === 'object' ? [output.type] : [],
  )
  const useful = withScalars(reachable(carried, () => true))
  const types = reachable(
    carried.filter(type => useful.has(type)),
    type => useful.has(type),
  )
  return {
    types: [...types],
    membersOf: type =>
      type.members.filter(({ name, shape }) => {
        if (words.has(name)) return false
        return shape.kind === 'object'
          ? useful.has(shape.type)
          : shape.kind === 'scalar' && scalarFilters[shape.scalar] !== undefined
      }),
    ofTrigger: ({ root, output }) =>
      root === 'Subscription' && output.kind === 'object' && useful.has(output.type) ? output.type : null,
  }
}

/** Types and those of their members that are objects, lists aside. */
function reachable(from: readonly TypePlan[], wanted: (type: TypePlan) => boolean): ReadonlySet<TypePlan> {
  const found = new Set(from)
  for (const type of found)
    for (const { name, shape } of type.members)
      if (shape.kind === 'object' && !words.has(name) && wanted(shape.type)) found.add(shape.type)
  return found
}

/** Those that have a scalar to choose by, at whatever depth. */
function withScalars(types: ReadonlySet<TypePlan>): ReadonlySet<TypePlan> {
  const useful = new Set<TypePlan>()
  for (let before = -1; before < useful.size; ) {
    before = useful.size
    for (const type of types)
      if (
        type.members.some(
          ({ name, shape }) =>
            !words.has(name) &&
            ((shape.kind === 'scalar' && scalarFilters[shape.scalar] !== undefined) ||
              (shape.kind === 'object' && useful.has(shape.type))),
        )
      )
        useful.add(type)
  }
  return useful
}
