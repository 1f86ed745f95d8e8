// API key: the value of a parameter at every place the package names. People type the whole header value, scheme word
// included, so nothing is put before it but a prefix that the package declares (connector-format §3.3).

import { setHeader } from '../request/headers.ts'
import { encodeValue } from '../request/percent-encoding.ts'
import { connectionValue } from './connection-values.ts'
import type { Authenticator } from './contract.ts'

export const apiKey = {
  kinds: ['API_KEY'],
  apply(connection, draft) {
    for (const placement of connection.authentication.keys) {
      const key = connectionValue(connection, placement.parameter) ?? ''
      if (key === '') continue
      const value = `${placement.prefix ?? ''}${key}`
      if (placement.in === 'header') setHeader(draft, placement.name, value, 'credential')
      // An operation may declare the key as a parameter, too: one of them is sent, and it is the connection's.
      else
        draft.query = [
          ...draft.query.filter(({ name }) => name !== placement.name),
          { name: placement.name, wire: encodeValue(value.toWellFormed()), source: 'credential' },
        ]
    }
  },
} satisfies Authenticator
