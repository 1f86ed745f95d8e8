// Every package below a folder, compiled as the hub compiles and then inspected. One process compiles while this one
// inspects, so that a catalogue takes as long as its compilation.
import { systemClock } from '../clock.ts'
import { findPackages } from '../definition/index.ts'
import { createCompiler } from '../gateway/index.ts'
import { type Inspection, inspectConnector } from './inspect-connector.ts'

export interface MeasuredConnector extends Inspection {
  /** Reading and compiling. */
  readonly milliseconds: number
}

/**
 * Yields every connector in the order of their names' paths; `total` is how many there will be. Throws NOT_FOUND for a
 * folder that cannot be read, and nothing for what a package holds.
 */
export async function* measureCatalogue(
  folder: string,
): AsyncGenerator<{ readonly connector: MeasuredConnector; readonly total: number }> {
  // The compiler's process keeps nobody awake, not even while it ends: a hub has its sockets for that.
  using _awake = setInterval(() => {}, 60_000)
  await using compiler = createCompiler({ clock: systemClock })
  const found = await findPackages([folder])
  const compile = async ({ folder, name, diagnostics }: (typeof found)[number]) => {
    const start = performance.now()
    const compiled = await compiler.compile(name, { kind: 'folder', folder }, true).done
    const milliseconds = performance.now() - start
    return {
      name,
      milliseconds,
      compiled: { ...compiled, diagnostics: [...diagnostics, ...compiled.diagnostics] },
    }
  }
  const [first, ...others] = found
  let next = first ? compile(first) : null
  for (const following of [...others, null]) {
    if (!next) return
    const { name, milliseconds, compiled } = await next
    next = following ? compile(following) : null
    yield { connector: { ...inspectConnector(name, compiled), milliseconds }, total: found.length }
  }
}

/** What a whole catalogue comes to. */
export interface CatalogueSummary {
  readonly packages: number
  readonly read: number
  readonly ready: number
  readonly degraded: number
  readonly quarantined: number
  readonly operations: number
  readonly mapped: number
  readonly types: number
  readonly schemasValid: number
  readonly introspectionAnswered: number
  readonly triggers: number
  readonly documentedTriggers: number
  readonly typedTriggers: number
  /** Connectors whose compilation threw, took too long or too much memory. */
  readonly exceptions: number
  readonly faults: number
  readonly milliseconds: number
  /** How often each code of a finding occurs, the commonest first. */
  readonly codes: readonly (readonly [string, number])[]
}

export function summarize(connectors: readonly MeasuredConnector[]): CatalogueSummary {
  const count = (is: (connector: MeasuredConnector) => boolean) => connectors.filter(is).length
  const sum = (of: (connector: MeasuredConnector) => number) =>
    connectors.reduce((total, connector) => total + of(connector), 0)
  const codes = new Map<string, number>()
  for (const { code } of connectors.flatMap(({ diagnostics }) => diagnostics))
    codes.set(code, (codes.get(code) ?? 0) + 1)
  return {
    packages: connectors.length,
    read: count(({ operations }) => operations > 0),
    ready: count(({ status }) => status === 'READY'),
    degraded: count(({ status }) => status === 'DEGRADED'),
    quarantined: count(({ status }) => status === 'QUARANTINED'),
    operations: sum(({ operations }) => operations),
    mapped: sum(({ mapped }) => mapped),
    types: sum(({ types }) => types),
    schemasValid: count(({ schemaValid }) => schemaValid),
    introspectionAnswered: count(({ introspectionAnswered }) => introspectionAnswered),
    triggers: sum(({ triggers }) => triggers),
    documentedTriggers: sum(({ documentedTriggers }) => documentedTriggers),
    typedTriggers: sum(({ typedTriggers }) => typedTriggers),
    exceptions: count(({ diagnostics }) => diagnostics.some(({ code }) => code === 'COMPILE_FAILED')),
    faults: sum(({ faults }) => faults.length),
    milliseconds: sum(({ milliseconds }) => milliseconds),
    codes: [...codes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
  }
}
