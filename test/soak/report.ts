// A soak in words and tables.
import { count, median, table } from '../bench/measure/figures.ts'
import { describeMachine } from '../bench/measure/machine.ts'
import { keyOf } from '../load/judge.ts'
import { bounds, figuresOf, warm } from './figures.ts'
import { growthOf } from './flat.ts'
import type { Sample } from './sample.ts'
import type { SoakOptions, SoakRun } from './soak.ts'

const parts = 6

/** `faults` are those of the run and those of its figures. */
export function report(run: SoakRun, options: SoakOptions, faults: readonly string[]): string {
  const { samples, sockets, counts, warnings, told } = run
  const outcomes = Map.groupBy(told, each => (each.outcome === 'error' ? keyOf(each) : each.outcome))
  return [
    describeMachine(),
    `${count(options.seconds)} s, seed ${options.seed}: ${samples.length} looks, of which ${warm(samples).length} behind the warm-up count.`,
    table([
      ['over the time', ...Array.from({ length: parts }, (_, part) => `part ${part + 1}`)],
      ...partRows(samples),
    ]),
    table([
      ['behind the warm-up', 'median', 'least, most', 'grows by (slope)', 'the end is higher by', 'at most'],
      ...growthRows(samples),
    ]),
    table([['what passed', ''], ...Object.entries(counts).map(([what, times]) => [what, count(times)])]),
    table([['calls of people', ''], ...[...outcomes].map(([kind, those]) => [kind, count(those.length)])]),
    table([
      ['open', 'before', 'at rest'],
      ['connections of callers', count(sockets.before.accepted), count(sockets.after.accepted)],
      ['everything', count(sockets.before.descriptors), count(sockets.after.descriptors)],
    ]),
    warnings.size === 0
      ? 'The hub warned of nothing.'
      : `The hub warned, as it should: ${[...warnings].map(([text, times]) => `${times}× ${text}`).join(' ')}`,
    faults.length === 0 ? 'No faults.' : `${faults.length} FAULTS:\n${faults.slice(0, 50).join('\n')}`,
    '',
  ].join('\n\n')
}

function partRows(samples: readonly Sample[]): string[][] {
  const end = samples.at(-1)?.seconds ?? 0
  const of = (part: number) =>
    samples.filter(({ seconds }) => Math.min(parts - 1, Math.floor((seconds / end) * parts)) === part)
  const row = (name: string, cell: (within: readonly Sample[]) => string) => [
    name,
    ...Array.from({ length: parts }, (_, part) => cell(of(part))),
  ]
  const middle = (pick: (sample: Sample) => number, digits: number) => (within: readonly Sample[]) =>
    median(within.map(pick)).toFixed(digits)
  const rate = (pick: (sample: Sample) => number) => (within: readonly Sample[]) => {
    const [first, last] = [within[0], within.at(-1)]
    return first && last && last !== first
      ? ((pick(last) - pick(first)) / (last.seconds - first.seconds)).toFixed(0)
      : ''
  }
  return [
    ...bounds.map(({ name, unit, of: pick }) => row(`${name} ${unit}`, middle(pick, unit === '' ? 0 : 2))),
    row(
      'events a second',
      rate(({ events }) => events),
    ),
    row(
      'deliveries a second',
      rate(({ deliveries }) => deliveries),
    ),
    row(
      'processors the hub uses',
      middle(({ hubCores }) => hubCores, 2),
    ),
    row(
      'part of the time that it waits for one',
      middle(({ hubWaited }) => hubWaited, 2),
    ),
    row(
      'part of the machine that is busy',
      middle(({ machineBusy }) => machineBusy, 2),
    ),
  ]
}

function growthRows(samples: readonly Sample[]): string[][] {
  return figuresOf(samples).map(({ name, points, most }) => {
    const values = points.map(({ value }) => value)
    const { steady, late } = growthOf(points)
    return [
      name,
      median(values).toFixed(2),
      `${Math.min(...values).toFixed(2)}, ${Math.max(...values).toFixed(2)}`,
      steady.toFixed(2),
      late.toFixed(2),
      String(most),
    ]
  })
}
