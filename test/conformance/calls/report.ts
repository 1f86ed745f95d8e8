// What came of all calls, in figures and in classes of faults.
import type { CallRecord } from './call-connector.ts'
import type { Exception } from './exceptions.ts'
import type { Check, FoundFault } from './faults.ts'

export interface Report {
  readonly connectors: number
  readonly operations: number
  /** Called with all arguments, and with the required ones only. */
  readonly called: number
  readonly calls: number
  readonly scriptRequired: number
  /** Left to the triggers' own tests. */
  readonly triggers: number
  readonly webhookActions: number
  readonly requestsValid: number
  readonly argumentsArrived: number
  readonly credentialsRight: number
  readonly answersEqual: number
  /** Operations that the exceptions name. */
  readonly excepted: number
}

export function reportOf(records: readonly CallRecord[], exceptions: readonly Exception[]): Report {
  const operations = (kind: CallRecord['outcome']['kind']) =>
    new Set(records.filter(({ outcome }) => outcome.kind === kind).map(nameOf)).size
  const calls = records.filter(({ outcome }) => outcome.kind === 'called')
  const without = (...checks: readonly Check[]) =>
    calls.filter(record => !faultsOf(record).some(({ check }) => checks.includes(check))).length
  return {
    connectors: new Set(records.map(({ connector }) => connector)).size,
    operations: new Set(records.map(nameOf)).size,
    called: operations('called'),
    calls: calls.length,
    scriptRequired: operations('script'),
    triggers: operations('trigger'),
    webhookActions: operations('webhook action'),
    requestsValid: without('call', 'request'),
    argumentsArrived: without('call', 'arrival'),
    credentialsRight: without('call', 'credential'),
    answersEqual: without('call', 'answer'),
    excepted: exceptions.length,
  }
}

export function nameOf({ connector, operation }: Pick<CallRecord, 'connector' | 'operation'>): string {
  return `${connector} ${operation}`
}

export function faultsOf({ outcome }: CallRecord): readonly FoundFault[] {
  return outcome.kind === 'called' ? outcome.faults : []
}

/** Faults that no exception covers: a line for each class, with how many calls it has and some of them. */
export function faultClasses(
  records: readonly CallRecord[],
  exceptions: readonly Exception[],
): readonly string[] {
  const excepted = new Set(exceptions.map(nameOf))
  const classes = new Map<string, string[]>()
  for (const record of records)
    for (const { check, kind, detail } of excepted.has(nameOf(record)) ? [] : faultsOf(record)) {
      const examples = classes.get(`${check}: ${kind}`) ?? []
      examples.push(`${nameOf(record)} (${record.extent}): ${detail.slice(0, 200)}`)
      classes.set(`${check}: ${kind}`, examples)
    }
  return [...classes]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([kind, examples]) => `${examples.length} × ${kind}, such as ${examples.slice(0, 3).join(' | ')}`)
}

/** Exceptions whose operation has no fault any more. */
export function needless(
  records: readonly CallRecord[],
  exceptions: readonly Exception[],
): readonly Exception[] {
  const faulty = new Set(records.filter(record => faultsOf(record).length > 0).map(nameOf))
  return exceptions.filter(exception => !faulty.has(nameOf(exception)))
}
