// An access token that the connection holds already, RFC 6750 §2.1. The token alone decides, whatever the document
// says of its scheme (connector-format §3.3).
import { JunctorError } from '../../errors.ts'
import { setHeader } from '../request/headers.ts'
import { connectionValue } from './connection-values.ts'
import type { Authenticator } from './contract.ts'

export const bearer = {
  kinds: ['OAUTH2_CODE', 'OAUTH2_CLIENT_CREDENTIALS', 'CLIENT_CERTIFICATE'],
  apply(connection, draft) {
    const token = connectionValue(connection, 'token') ?? ''
    if (token === '')
      throw new JunctorError(
        'AUTHENTICATION_UNSUPPORTED',
        `${connection.connector} signs in with ${connection.authentication.title} (${connection.authentication.kind}), which the hub cannot do by itself; give the connection an access token as its secret "token".`,
      )
    setHeader(draft, 'Authorization', `Bearer ${token}`, 'credential')
  },
} satisfies Authenticator
