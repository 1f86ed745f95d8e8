// A link is followed: the call that it stands for is made anew, in the name of whoever was given the link and with what
// they may do now. A link is a capability that anybody may hold, so it says nothing of why it leads nowhere.
import { isJunctorError } from '../../errors.ts'
import type { OpenedCall } from '../../invocation/index.ts'
import { identityOf } from '../catalogue/installed.ts'
import { mayUseConnector } from '../introspection.ts'
import type { Services } from '../services.ts'
import type { LinkedCall } from './file-links.ts'

export interface Following {
  readonly range?: string
  readonly signal: AbortSignal
}

/** Null where the link leads nowhere, or nowhere any more. Throws what calling the API throws. */
export type Downloads = (token: string, following: Following) => Promise<OpenedCall | null>

type Needed = Pick<Services, 'catalogue' | 'connections' | 'fileLinks' | 'identity' | 'invoker'>

export function createDownloads(services: Needed): Downloads {
  const { catalogue, connections, fileLinks, identity, invoker } = services

  /** What the call needs of the hub as it is now; null where anything of it was taken away or changed. */
  async function reopened(call: LinkedCall) {
    const { connector: of, connection: id } = call
    const actor = await identity.recall({ ...call.caller, expiresAt: call.until })
    const entry = catalogue.get(of.connector)
    if (!actor || !entry || !mayUseConnector(actor, entry) || identityOf(entry).importId !== of.importId)
      return null
    const definition = (await catalogue.load(entry.name))?.definition
    const operation = definition?.operations.find(candidate => candidate.id === call.operation)
    if (!definition || !operation?.safe || definition.hash !== call.hash) return null
    const used = await connections.use(actor, of, id)
    // Without a connection then and with one now, it would be another call.
    const connection = used?.open ?? null
    return (connection?.id ?? null) === id ? { definition, operation, connection } : null
  }

  return async (token, following) => {
    const call = fileLinks.read(token)
    const means = call && (await reopened(call).catch(withdrawn))
    return call && means ? invoker.open({ ...means, arguments: call.arguments, ...following }) : null
  }
}

/** Whatever the caller may not do any more; a store that fails is another matter. */
function withdrawn(error: unknown): null {
  if (isJunctorError(error) && error.status < 500) return null
  throw error
}
