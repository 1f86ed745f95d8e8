// Defaults of what is required: the caller may leave it out, and the hub sends the default when the call is made.
// Defaults of what is optional only pre-fill a form (connector-format §2.2); they are told and not sent.
import type { Findings } from './findings.ts'
import { literalOf } from './literal.ts'
import type { OperationPlan } from './operation-plan.ts'
import { type Origin, originOf, type TypePlan, type ValuePlan } from './shape.ts'

/** Settles every argument and input member. Both lists must come in a stable order. */
export function settleDefaults(
  types: readonly TypePlan[],
  operations: readonly OperationPlan[],
  findings: Findings,
): void {
  for (const type of types)
    for (const member of type.members)
      if (!settle(member)) report(member, `the input ${type.wantedName}`, type.origin)
  for (const plan of operations)
    for (const argument of plan.arguments)
      if (!settle(argument)) report(argument, plan.operation.id, originOf(plan.operation))

  function report({ name }: ValuePlan, owner: string, origin: Origin): void {
    findings.add({
      severity: 'INFO',
      code: 'DEFAULT_DROPPED',
      message: `The default of ${name} of ${owner} has no form in GraphQL; ${name} may be left out, and the default is sent.`,
      ...origin,
    })
  }
}

/** False where there is a default that GraphQL cannot show: then the value is optional, and the default still sent. */
function settle(value: ValuePlan): boolean {
  const fallback = value.schema.default
  if (!value.required || fallback === undefined || fallback === null) return true
  value.literal = literalOf(fallback, value.shape)
  value.required = value.literal !== null
  return value.required
}
