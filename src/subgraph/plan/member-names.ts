// Properties of one schema → members of one type: every property gets a name, and no two the same.
import type { Findings } from './findings.ts'
import { allocateNames, memberName } from './names.ts'
import type { Origin } from './shape.ts'

/** Each property's name in GraphQL, by its wire name. `owner` is the type, in what is reported. */
export function nameMembers(
  wires: readonly string[],
  owner: { readonly name: string; readonly origin: Origin },
  findings: Findings,
): ReadonlyMap<string, string> {
  const wanted = wires.map(wire => {
    const name = memberName(wire)
    return { key: wire, name, exact: name === wire }
  })
  const names = allocateNames(wanted, '_')
  for (const { key, name } of wanted) {
    const given = names.get(key)
    if (given === key) continue
    findings.add({
      severity: 'INFO',
      code: given === name ? 'NAME_CHANGED' : 'NAME_DUPLICATE',
      message: `The property ${JSON.stringify(key)} of ${owner.name} is called ${given} in GraphQL.`,
      ...owner.origin,
    })
  }
  return names
}
