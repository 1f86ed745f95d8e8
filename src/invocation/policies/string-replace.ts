// stringreplace: replaces all occurrences of a text in a property (connector-format §4.3).
import type { PolicyTemplate } from './contract.ts'
import { convertProperty, onBody } from './on-body.ts'
import { policyText } from './parameters.ts'

export const stringReplace = {
  names: ['stringreplace'],
  ...onBody((policy, body) => {
    const source = policyText(policy, 'sourceString')
    const replacement = policyText(policy, 'replacementString')
    return convertProperty(policy, body, value =>
      typeof value !== 'string' ? undefined : source === '' ? value : value.split(source).join(replacement),
    )
  }),
} satisfies PolicyTemplate
