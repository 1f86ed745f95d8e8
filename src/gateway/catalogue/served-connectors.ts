// The catalogue as connections and feeds see it: by the connector that they were made for, whoever has its name now.
import type { ConnectorIdentity } from '../../connections/index.ts'
import type { ConnectorDefinition } from '../../definition/index.ts'
import type { Catalogue, Entry } from './catalogue.ts'
import { identityOf } from './installed.ts'

export interface ServedConnectors {
  /** Which connector serves under the name; null for none. */
  serving(name: string): ConnectorIdentity | null
  /** Null where it is not this one that serves under the name, or it cannot be read. */
  get(of: ConnectorIdentity): Promise<ConnectorDefinition | null>
}

export function createServedConnectors(catalogue: Pick<Catalogue, 'get' | 'load'>): ServedConnectors {
  return {
    serving(name) {
      const entry = catalogue.get(name)
      return entry && identityOf(entry)
    },
    async get(of) {
      const loaded = await catalogue.load(of.connector)
      return loaded && isOf(loaded.entry, of) ? loaded.definition : null
    },
  }
}

/** True where the entry is that very connector and not another of its name. */
export function isOf(entry: Entry, { connector, importId }: ConnectorIdentity): boolean {
  const identity = identityOf(entry)
  return identity.connector === connector && identity.importId === importId
}
