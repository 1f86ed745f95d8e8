// encodepropertyvalue: percent-encodes a property's value (connector-format §4.3).
import { encodeValue } from '../request/percent-encoding.ts'
import type { PolicyTemplate } from './contract.ts'
import { convertProperty, onBody } from './on-body.ts'

export const encodePropertyValue = {
  names: ['encodepropertyvalue'],
  ...onBody((policy, body) =>
    convertProperty(policy, body, value =>
      typeof value === 'string' ? encodeValue(value.toWellFormed()) : undefined,
    ),
  ),
} satisfies PolicyTemplate
