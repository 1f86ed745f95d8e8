// Who serves under a name: what the hub brings goes before what the operator's folders hold, and that before what
// somebody imported. What is hidden is remembered, and serves when what hides it goes.
import type { ConnectorIdentity } from '../../connections/index.ts'
import { type Installed, identityOf, type Origin } from './installed.ts'

const precedence = ['bundled', 'folder', 'imported'] as const satisfies readonly Origin['kind'][]

export interface InstalledNames {
  /** What serves under the name; null for nothing. */
  serving(name: string): Installed | null
  /** What does not serve because of that, the next in line first. */
  hidden(name: string): readonly Installed[]
  put(installed: Installed): void
  /** False where it is not this import that has the name among imports. */
  drop(of: ConnectorIdentity): boolean
  /** Makes these all there is of that kind; the names that may have changed. */
  replaceAll(kind: Origin['kind'], installed: readonly Installed[]): ReadonlySet<string>
}

export function createInstalledNames(): InstalledNames {
  const kinds: Record<Origin['kind'], Map<string, Installed>> = {
    bundled: new Map(),
    folder: new Map(),
    imported: new Map(),
  }
  const all = (name: string) => precedence.flatMap(kind => kinds[kind].get(name) ?? [])
  return {
    serving: name => all(name)[0] ?? null,
    hidden: name => all(name).slice(1),
    put(installed) {
      kinds[installed.origin.kind].set(installed.name, installed)
    },
    drop({ connector, importId }) {
      const present = kinds.imported.get(connector)
      return present && identityOf(present).importId === importId ? kinds.imported.delete(connector) : false
    },
    replaceAll(kind, installed) {
      const before = kinds[kind]
      const now = new Map(installed.map(one => [one.name, one]))
      kinds[kind] = now
      return new Set([...before.keys(), ...now.keys()])
    },
  }
}
