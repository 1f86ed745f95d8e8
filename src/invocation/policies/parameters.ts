// Reading a policy's parameters. A missing one is empty text; the platform reads `null` written as text so, too.
import type { PolicyInstance } from '../../definition/index.ts'
import { textOf } from '../request/argument-values.ts'

/** A parameter as text; names match without regard to case. */
export function policyText(policy: PolicyInstance, name: string): string {
  const key = Object.keys(policy.parameters).find(key => key.toLowerCase() === name.toLowerCase())
  const value = key === undefined ? null : policy.parameters[key]
  return value === undefined || value === null || value === 'null' ? '' : textOf(value)
}

/** What to do where the header or parameter is there already. */
export function existsAction(policy: PolicyInstance): 'override' | 'skip' | 'append' {
  const action = policyText(policy, 'existsAction').toLowerCase()
  return action === 'skip' || action === 'append' ? action : 'override'
}
