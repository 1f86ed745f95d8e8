// An input type that requires itself can never be given: GraphQL refuses such a schema.
// https://spec.graphql.org/October2021/#sec-Input-Objects.Circular-References
import type { Findings } from './findings.ts'
import type { MemberPlan, TypePlan } from './shape.ts'

/** Makes the member that closes a circle of required members optional. `types` must come in a stable order. */
export function breakRequiredCycles(types: readonly TypePlan[], findings: Findings): void {
  const finished = new Set<TypePlan>()
  const entered = new Set<TypePlan>()

  function visit(type: TypePlan): void {
    if (finished.has(type)) return
    entered.add(type)
    for (const member of type.members) follow(type, member)
    entered.delete(type)
    finished.add(type)
  }

  function follow(owner: TypePlan, member: MemberPlan): void {
    if (!member.required || member.shape.kind !== 'object') return
    if (entered.has(member.shape.type)) relax(owner, member)
    else visit(member.shape.type)
  }

  function relax(owner: TypePlan, member: MemberPlan): void {
    member.required = false
    findings.add({
      severity: 'WARNING',
      code: 'SCHEMA_SIMPLIFIED',
      message: `The property ${JSON.stringify(member.wire)} of ${owner.wantedName} is optional in GraphQL, because requiring it would require it again without end.`,
      ...owner.origin,
    })
  }

  for (const type of types) if (type.direction === 'input') visit(type)
}
