// Basic authentication, RFC 7617. Power Platform pairs it by parameter name, not by `security` (connector-format §3.3).
import { JunctorError } from '../../errors.ts'
import { setHeader } from '../request/headers.ts'
import { connectionValue } from './connection-values.ts'
import type { Authenticator } from './contract.ts'

export const basic = {
  kinds: ['BASIC'],
  apply(connection, draft) {
    const username = connectionValue(connection, 'username') ?? ''
    const password = connectionValue(connection, 'password') ?? ''
    if (username === '' && password === '') return
    if (username.includes(':'))
      throw new JunctorError(
        'CREDENTIAL_INVALID',
        `The username of the connection to ${connection.connector} holds a colon, which Basic authentication cannot carry.`,
      )
    const credential = Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
    setHeader(draft, 'Authorization', `Basic ${credential}`, 'credential')
  },
} satisfies Authenticator
