// convertobjecttoarray: `{k: v}` becomes `[{key: k, value: v}]` (connector-format §4.3).
import { isJsonObject } from '../../json.ts'
import type { PolicyTemplate } from './contract.ts'
import { convertProperty, onBody } from './on-body.ts'
import { policyText } from './parameters.ts'

export const convertObjectToArray = {
  names: ['convertobjecttoarray'],
  ...onBody((policy, body) => {
    const keyName = policyText(policy, 'keyName') || 'key'
    const valueName = policyText(policy, 'valueName') || 'value'
    return convertProperty(policy, body, value =>
      isJsonObject(value)
        ? Object.entries(value).map(([key, member]) =>
            Object.fromEntries([
              [keyName, key],
              [valueName, member],
            ]),
          )
        : undefined,
    )
  }),
} satisfies PolicyTemplate
