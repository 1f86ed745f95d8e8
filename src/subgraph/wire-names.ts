// What the run time needs to find the wire again: renamed members, and the input types that have any below them.
import type { Artifact } from './artifact.ts'
import type { ConnectorPlan } from './plan/connector-plan.ts'
import { type MemberPlan, type Shape, type TypePlan, typeOf } from './plan/shape.ts'

export interface WireNames extends Pick<Artifact, 'wireNames' | 'inputMembers'> {
  /** The name of the input type whose members have to be renamed; null where nothing below the shape was. */
  renamedInput(shape: Shape): string | null
}

export function wireNamesOf(plan: ConnectorPlan): WireNames {
  const renamed = plan.types.filter(type => renamedMembers(type).length > 0)
  const touched = reaching(
    plan.types.filter(({ direction }) => direction === 'input'),
    new Set(renamed),
  )

  function renamedInput(shape: Shape): string | null {
    const type = typeOf(shape)
    return type && touched.has(type) ? plan.nameOf(type) : null
  }

  const inputMembers = [...touched].flatMap(type => {
    const members = type.members.flatMap(({ name, shape }) => {
      const inner = renamedInput(shape)
      return inner === null ? [] : [[name, inner] as const]
    })
    return members.length === 0 ? [] : [[plan.nameOf(type), Object.fromEntries(members)] as const]
  })
  return {
    renamedInput,
    wireNames: Object.fromEntries(
      renamed.map(type => [
        plan.nameOf(type),
        Object.fromEntries(renamedMembers(type).map(({ name, wire }) => [name, wire])),
      ]),
    ),
    inputMembers: Object.fromEntries(inputMembers),
  }
}

function renamedMembers(type: TypePlan): readonly MemberPlan[] {
  return type.members.filter(({ name, wire }) => name !== wire)
}

/** The types that are, or contain at any depth, one of `wanted`; in the order of `types`. */
function reaching(types: readonly TypePlan[], wanted: ReadonlySet<TypePlan>): ReadonlySet<TypePlan> {
  const users = new Map<TypePlan, TypePlan[]>()
  for (const type of types)
    for (const { shape } of type.members) {
      const inner = typeOf(shape)
      if (inner) users.set(inner, [...(users.get(inner) ?? []), type])
    }
  const reached = new Set<TypePlan>()
  const queue = types.filter(type => wanted.has(type))
  for (let type = queue.pop(); type; type = queue.pop()) {
    if (reached.has(type)) continue
    reached.add(type)
    queue.push(...(users.get(type) ?? []))
  }
  return new Set(types.filter(type => reached.has(type)))
}
