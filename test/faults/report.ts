// A run in words.
import { count } from '../bench/measure/figures.ts'
import type { FaultsRun } from './scenario.ts'

export function report(name: string, run: FaultsRun, seconds: number): string {
  const happened = [...run.counts].map(([what, times]) => `${what} ${times}×`).join(', ')
  return [
    `${name}, ${count(seconds)} s: ${happened}; ${run.kills} kills of hubs that ran, ${run.starts} starts.`,
    `${count(run.polls)} polls, ${count(run.deliveries)} deliveries, ${count(run.events)} events in the logs, ${count(run.reconnections)} tries of subscribers to come back.`,
    run.faults.length === 0
      ? 'No faults: every item once in its log and once, in order, at each subscriber; every 2xx in the log; no feed polled twice at once.'
      : `${run.faults.length} FAULTS:\n${run.faults.slice(0, 50).join('\n')}`,
    '',
    '',
  ].join('\n')
}
