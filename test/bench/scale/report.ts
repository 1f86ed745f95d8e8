// The figures as tables in Markdown, each beside its target.

import { against, count, megabytes, milliseconds, table } from '../measure/figures.ts'
import type { ColdStart } from './cold-start.ts'
import type { Composition } from './compositions.ts'
import type { Imports } from './imports.ts'
import type { Rates, Ratio } from './rates.ts'
import type { Starts } from './starts.ts'

const targets = { firstAnswer: 2_000, memory: 350, rateLoss: 0.05, import: 300 }

export function startTable(installed: number, one: Starts, all: Starts, cold: ColdStart): string {
  const range = (of: Starts) =>
    `${milliseconds(of.milliseconds)} (${milliseconds(of.fastest)}–${milliseconds(of.slowest)})`
  return `${table([
    ['start, warm cache', '1 installed', `${installed} installed`, `target at ${installed}`],
    [
      'first answered query, median (range)',
      range(one),
      range(all),
      `2 s, ${against(all.milliseconds, targets.firstAnswer)}`,
    ],
    [
      'resident memory of the hub then',
      megabytes(one.hubMegabytes),
      megabytes(all.hubMegabytes),
      `350 MB, ${against(all.hubMegabytes, targets.memory)}`,
    ],
    ['its PostgreSQL, all processes', megabytes(one.postgresMegabytes), megabytes(all.postgresMegabytes), ''],
  ])}\nWith an empty cache and a new store the hub with ${installed} answers after ${milliseconds(cold.firstAnswer)}; a connector at the end of the queue has been called after ${milliseconds(cold.firstCall)}, sign-up included; all are compiled after ${Math.round(cold.all / 1000)} s.\n\n`
}

export function rateTable(installed: number, rates: readonly Rates[]): string {
  const range = ({ median, least, most }: Ratio) =>
    `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`
  const row = ({ what, one, all, ratio, control, p99, failed }: Rates) => [
    what,
    `${count(one)}/s`,
    `${count(all)}/s`,
    `${p99} ms`,
    count(failed),
    range(ratio),
    range(control),
    `0.95, ${ratio.median >= 1 - targets.rateLoss ? 'met' : 'NOT met'}`,
  ]
  const head = [
    'requests, 10 connections',
    '1 installed',
    `${installed} installed`,
    'p99',
    'failed',
    `${installed} over 1, median (range)`,
    'control: 1 over 1',
    'target',
  ]
  return `${table([head, ...rates.map(row)])}\n`
}

export function importTable(
  imports: Imports,
  afterStart: number,
  memory: { readonly hub: number; readonly compiler: number },
): string {
  const { load } = imports
  return `${table([
    ['one more connector', 'measured', 'target'],
    [
      'visible under load, median of ten',
      milliseconds(imports.median),
      `300 ms, ${against(imports.median, targets.import)}`,
    ],
    [
      'the slowest of the ten',
      milliseconds(imports.slowest),
      `300 ms, ${against(imports.slowest, targets.import)}`,
    ],
    [
      'requests meanwhile; failed',
      `${count(load.requests)} at ${count(load.rate)}/s; ${count(load.failed)}`,
      `none, ${load.failed === 0 ? 'met' : 'NOT met'}`,
    ],
    ['visible right after a start, compiler not up yet', milliseconds(afterStart), ''],
    [
      'resident after all that: the hub; its compiler',
      `${megabytes(memory.hub)}; ${megabytes(memory.compiler)}`,
      '',
    ],
  ])}\n`
}

export function compositionTable(compositions: readonly Composition[]): string {
  return `${table([
    ['composing everything at once', 'ended', 'time', 'memory, peak', 'supergraph', 'first complaint'],
    ...compositions.map(({ what, outcome, megabytes: size, complaint }) => [
      what,
      outcome.ending,
      `${outcome.seconds.toFixed(1)} s`,
      megabytes(outcome.megabytes),
      size === null ? 'none' : `${size.toFixed(1)} MB`,
      complaint.replaceAll('|', '/'),
    ]),
  ])}\n`
}
