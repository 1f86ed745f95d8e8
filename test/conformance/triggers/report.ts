// What came of all triggers, in figures and in classes of faults.
import type { TriggerRecord } from './drive-catalogue.ts'
import type { Exception } from './exceptions.ts'

export interface Report {
  readonly connectors: number
  readonly triggers: number
  /** Each trigger is driven twice: with all arguments, and with the required ones only. */
  readonly lives: number
  readonly webhooks: number
  readonly byPolicy: number
  readonly byProtocol: number
  /** Refused, as their C# script is not run. */
  readonly scriptRequired: number
  /** Triggers that lived without a fault. */
  readonly right: number
  readonly excepted: number
}

export function reportOf(records: readonly TriggerRecord[], exceptions: readonly Exception[]): Report {
  const count = (some: readonly TriggerRecord[]) => new Set(some.map(nameOf)).size
  const of = (kind: TriggerRecord['kind']) => count(records.filter(record => record.kind === kind))
  const faulty = new Set(records.filter(({ faults }) => faults.length > 0).map(nameOf))
  const scripted = records.filter(record => record.scripted)
  return {
    connectors: new Set(records.map(({ connector }) => connector)).size,
    triggers: count(records),
    lives: records.length,
    webhooks: of('webhook'),
    byPolicy: of('policy'),
    byProtocol: of('protocol'),
    scriptRequired: count(scripted),
    right: count(records.filter(record => !record.scripted && !faulty.has(nameOf(record)))),
    excepted: exceptions.length,
  }
}

function nameOf({ connector, operation }: Pick<TriggerRecord, 'connector' | 'operation'>): string {
  return `${connector} ${operation}`
}

/** Faults that no exception covers: a line for each class, with how many lives it has and some of them. */
export function faultClasses(
  records: readonly TriggerRecord[],
  exceptions: readonly Exception[],
): readonly string[] {
  const excepted = new Set(exceptions.map(nameOf))
  const classes = new Map<string, string[]>()
  for (const record of records)
    for (const { stage, kind, detail } of excepted.has(nameOf(record)) ? [] : record.faults) {
      const name = `${record.kind}, ${stage}: ${kind}`
      const examples = classes.get(name) ?? []
      examples.push(`${nameOf(record)} (${record.extent}): ${detail.slice(0, 200)}`)
      classes.set(name, examples)
    }
  return [...classes]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([name, examples]) => `${examples.length} × ${name}, such as ${examples.slice(0, 3).join(' | ')}`)
}

/** Exceptions whose trigger has no fault any more. */
export function needless(
  records: readonly TriggerRecord[],
  exceptions: readonly Exception[],
): readonly Exception[] {
  const faulty = new Set(records.filter(({ faults }) => faults.length > 0).map(nameOf))
  return exceptions.filter(exception => !faulty.has(nameOf(exception)))
}
