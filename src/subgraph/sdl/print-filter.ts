// The input type that chooses events by what they carry: one for each type of payload, whichever triggers have it.
import type { ConnectorPlan } from '../plan/connector-plan.ts'
import { scalarFilters } from '../plan/filter-plan.ts'
import type { TypePlan } from '../plan/shape.ts'

export function printFilter(type: TypePlan, plan: ConnectorPlan): string {
  const name = plan.filterNameOf(type)
  const members = plan.filters.membersOf(type).flatMap(member => {
    if (member.shape.kind === 'object') return [`  ${member.name}: ${plan.filterNameOf(member.shape.type)}`]
    const filter = member.shape.kind === 'scalar' ? scalarFilters[member.shape.scalar] : undefined
    return filter === undefined ? [] : [`  ${member.name}: ${filter}`]
  })
  return `input ${name} {\n${[...members, `  and: [${name}!]`, `  or: [${name}!]`, `  not: ${name}`].join('\n')}\n}`
}
