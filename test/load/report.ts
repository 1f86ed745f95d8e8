// A run in words and tables.
import { count, megabytes, milliseconds, table } from '../bench/measure/figures.ts'
import { describeMachine } from '../bench/measure/machine.ts'
import { explained, keyOf } from './judge.ts'
import type { LoadOptions, LoadRun } from './load.ts'

const quarters = 4

export function report(run: LoadRun, { callers, seconds, seed }: LoadOptions): string {
  const { told, sockets, live } = run
  const attempts = [...run.ledger.values()].flat()
  const spoilt = attempts.filter(each => each !== 'answered').length
  const { before, during, after } = sockets
  return [
    describeMachine(),
    `${callers} callers, ${seconds} s, seed ${seed}: ${count(told.length)} calls, ${count(told.length / seconds)}/s; of ${count(attempts.length)} requests the API spoilt ${((100 * spoilt) / attempts.length).toFixed(1)} %.`,
    table([['what came of it', 'calls', 'share', 'p50, p99', 'why'], ...outcomeRows(run)]),
    table([
      ['what the API did', 'requests'],
      ...tallied(attempts).map(([what, times]) => [what, count(times)]),
    ]),
    table([['', 'before', 'half-way', 'at rest'], ...socketRows(before, during, after)]),
    table([
      ['quarter of the load', 'resident, most', 'live heap at its end', 'event loop delay p99, most'],
      ...quarterRows(run, seconds),
    ]),
    `Live heap before the load ${megabytes(live[0] ?? Number.NaN)}, at rest ${megabytes(live.at(-1) ?? Number.NaN)}.`,
    `Resident at first ${megabytes(run.looks[0]?.residentMegabytes ?? Number.NaN)}, at rest ${megabytes(run.looks.at(-1)?.residentMegabytes ?? Number.NaN)}.`,
    run.faults.length === 0
      ? 'No faults.'
      : `${run.faults.length} FAULTS:\n${run.faults.slice(0, 50).join('\n')}`,
    '',
  ].join('\n\n')
}

function outcomeRows({ told }: LoadRun): string[][] {
  const kinds = Map.groupBy(told, each => (each.outcome === 'error' ? keyOf(each) : each.outcome))
  return [...kinds]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([kind, those]) => {
      const times = those.map(each => each.milliseconds).sort((a, b) => a - b)
      const at = (part: number) => milliseconds(times[Math.floor((times.length - 1) * part)] ?? Number.NaN)
      return [
        kind,
        count(those.length),
        `${((100 * those.length) / told.length).toFixed(1)} %`,
        `${at(0.5)}, ${at(0.99)}`,
        explained[kind]?.meaning ?? (kind === 'left' ? 'the caller did not wait' : ''),
      ]
    })
}

function tallied(values: readonly string[]): [string, number][] {
  return [...Map.groupBy(values, each => each)]
    .map(([value, those]): [string, number] => [value, those.length])
    .sort(([, a], [, b]) => b - a)
}

function socketRows(...of: readonly LoadRun['sockets']['before'][]): string[][] {
  const row = (name: string, pick: (one: LoadRun['sockets']['before']) => number) => [
    name,
    ...of.map(one => count(pick(one))),
  ]
  return [
    row('connections of callers', one => one.accepted),
    row('connections to the API', one => one.upstream),
    row('everything open', one => one.descriptors),
  ]
}

function quarterRows({ looks, live }: LoadRun, seconds: number): string[][] {
  return Array.from({ length: quarters }, (_, quarter) => {
    const within = looks.filter(look => Math.floor((look.seconds / seconds) * quarters) === quarter)
    return [
      String(quarter + 1),
      megabytes(Math.max(...within.map(look => look.residentMegabytes))),
      megabytes(live[quarter + 1] ?? Number.NaN),
      milliseconds(Math.max(...within.map(look => look.loopDelayP99Milliseconds))),
    ]
  })
}
