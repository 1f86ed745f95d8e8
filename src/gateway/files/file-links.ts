// Links to files: short-lived URLs that say, sealed, which call gives the file and in whose name. All that the hub
// needs is in the link and nothing is stored: any instance serves it, and nobody has to clean up. A link stands for its
// call, not for bytes: whoever fetches it has the call made anew (downloads.ts).
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { EncryptionKey } from '../../config.ts'
import { type ConnectorIdentity, createVault, deriveSecret } from '../../connections/index.ts'
import { isJunctorError } from '../../errors.ts'
import type { Actor } from '../../identity/index.ts'
import type { WireArguments } from '../../invocation/index.ts'
import { isJsonObject, parseJson, printJson } from '../../json.ts'

/** The call that gives the file. */
export interface FileCall {
  /** In whose name, and by which session or key: the link ends with it. */
  readonly caller: Pick<Actor, 'userId' | 'sessionId' | 'organizationId'>
  readonly connector: ConnectorIdentity
  /** Of the definition: the arguments are for that version of the operation. */
  readonly hash: string
  readonly operation: string
  /** Id; null for an API that needs no credential. */
  readonly connection: string | null
  readonly arguments: WireArguments
}

export interface FileLinks {
  /** An absolute URL; null where the arguments are too long for one. */
  link(call: FileCall): string | null
  /** The call; null for a token that this hub did not make, that was changed, or whose time is over. */
  read(token: string): LinkedCall | null
}

export interface LinkedCall extends FileCall {
  /** Milliseconds since the epoch. */
  readonly until: number
}

interface Options {
  readonly keys: readonly EncryptionKey[]
  /** Without a trailing slash. */
  readonly publicUrl: string
  readonly clock: Clock
}

export const filesPath = '/files'

/** Milliseconds: long enough to follow a link that one has just been given. */
const lifetime = 10 * 60_000

/** Characters: proxies take URLs of 8 KB. */
const longestToken = 6_000

export function createFileLinks({ keys, publicUrl, clock }: Options): FileLinks {
  // A key for this alone: no link opens as a credential, and none is made of what a credential is sealed with.
  const vault = createVault([{ id: 'file', key: deriveSecret(keys, 'file-links') }])
  const context = { table: 'file-link', row: '', column: 'call', tenant: '' }
  return {
    link(call) {
      const token = vault.seal(printJson({ ...call, until: clock.now() + lifetime }), context)
      return token.length > longestToken ? null : `${publicUrl}${filesPath}/${token}`
    },
    read(token) {
      if (token.length > longestToken) return null
      const text = opened(() => vault.open(token, context).reveal())
      if (text === null) return null
      const call = sealed.parse(parseJson(text))
      return clock.now() < call.until ? call : null
    },
  }
}

function opened(open: () => string): string | null {
  try {
    return open()
  } catch (error) {
    if (isJunctorError(error) && error.code === 'SEAL_BROKEN') return null
    throw error
  }
}

/** The hub sealed it itself; of the arguments it is enough to know that they are some. */
const sealed = z.object({
  until: z.number(),
  caller: z.object({ userId: z.string(), sessionId: z.string(), organizationId: z.string() }),
  connector: z.object({ connector: z.string(), importId: z.string().nullable() }),
  hash: z.string(),
  operation: z.string(),
  connection: z.string().nullable(),
  arguments: z.custom<WireArguments>(isJsonObject),
})
