// `catalogue <folder>`: compiles every package below a folder, a line for each, and tells what they come to.
import { resolve } from 'node:path'
import { type Diagnostic, formatDiagnostic } from '../definition/index.ts'
import { type MeasuredConnector, measureCatalogue, summarize } from './measure-catalogue.ts'

/** Resolves with the exit code: 1 where a connector is quarantined or breaks a promise, 2 where there is none at all. */
export async function catalogue(folder: string): Promise<number> {
  const progress = progressOn(process.stderr)
  const connectors: MeasuredConnector[] = []
  for await (const { connector, total } of measureCatalogue(resolve(folder))) {
    connectors.push(connector)
    progress.clear()
    process.stdout.write(`${lineOf(connector)}\n`)
    for (const fault of connector.faults) process.stdout.write(`  ${fault}\n`)
    progress.show(connectors.length, total)
  }
  progress.clear()
  if (connectors.length === 0) {
    process.stderr.write(
      `There is no connector in ${folder}: a folder with an apiDefinition.swagger.json is one.\n`,
    )
    return 2
  }
  const { codes, ...figures } = summarize(connectors)
  const failed = figures.quarantined > 0 || figures.faults > 0
  process.stdout.write(`\n${summaryLines(figures).join('\n')}\n`)
  process.stdout.write(`findings       ${codes.map(([code, times]) => `${code} ${times}`).join(', ')}\n`)
  return failed ? 1 : 0
}

function lineOf(connector: MeasuredConnector): string {
  const { name, status, operations, fields, types, triggers, milliseconds, diagnostics } = connector
  const first = worst(diagnostics)
  return [
    name,
    status,
    `${operations} operations`,
    `${fields} fields`,
    `${types} types`,
    `${triggers} triggers`,
    `${Math.round(milliseconds)} ms`,
    first ? formatDiagnostic(first) : '-',
  ].join('\t')
}

const severities = ['ERROR', 'WARNING', 'INFO'] as const

function worst(diagnostics: readonly Diagnostic[]): Diagnostic | undefined {
  return severities
    .map(severity => diagnostics.find(diagnostic => diagnostic.severity === severity))
    .find(found => found !== undefined)
}

function summaryLines(figures: Omit<ReturnType<typeof summarize>, 'codes'>): readonly string[] {
  const { packages, read, ready, degraded, quarantined, operations, mapped, types } = figures
  return [
    `packages       ${read} of ${packages} read; ${ready} READY, ${degraded} DEGRADED, ${quarantined} QUARANTINED`,
    `operations     ${mapped} of ${operations} are one root field each; ${types} types`,
    `schemas        ${figures.schemasValid} valid, ${figures.introspectionAnswered} answer introspection`,
    `triggers       ${figures.triggers}; ${figures.typedTriggers} of ${figures.documentedTriggers} documented ones typed`,
    `exceptions     ${figures.exceptions}; promises not kept: ${figures.faults}`,
    `time           ${(figures.milliseconds / 1000).toFixed(1)} s of reading and compiling`,
  ]
}

const barWidth = 40

/** A bar that stands below what is printed; nothing where nobody watches. */
function progressOn(terminal: NodeJS.WriteStream): {
  show(done: number, total: number): void
  clear(): void
} {
  if (!terminal.isTTY) return { show() {}, clear() {} }
  return {
    show(done, total) {
      const filled = Math.floor((barWidth * done) / total)
      terminal.write(`${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done} of ${total}`)
    },
    clear() {
      terminal.write('\r\u001B[2K')
    },
  }
}
