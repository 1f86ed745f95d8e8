// `npm run bench -- <name>`: measures, and prints. Nothing here is a test; a figure is that of one run on one machine.
//
//   npm ci --prefix test/bench && npm run bench -- scale [--starts 9] [--samples 7] [--connectors <folder>]
//   npm ci --prefix test/bench && npm run bench -- calls [--rounds 5]
//   npm run bench -- triggers [--rounds 5] [--part fan-out] [--database postgres://…]
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { calls } from './calls.ts'
import { scale } from './scale.ts'
import { triggers } from './triggers.ts'

const corpus = process.env.JUNCTOR_CORPUS ?? join(import.meta.dirname, '../../../shared/corpus')
const usage = `Usage: npm run bench -- scale [--starts 9] [--samples 7] [--connectors <folder>]
       npm run bench -- calls [--rounds 5]
       npm run bench -- triggers [--rounds 5] [--part <name>] [--database postgres://…]
`

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    starts: { type: 'string', default: '9' },
    samples: { type: 'string', default: '7' },
    rounds: { type: 'string', default: '5' },
    part: { type: 'string' },
    database: { type: 'string' },
    connectors: { type: 'string', default: join(corpus, 'power-platform') },
  },
})
/** Programs of others, with a package.json of their own. */
const peers = join(import.meta.dirname, 'node_modules')
const print = (text: string) => process.stdout.write(text)
const benches: Readonly<Record<string, { readonly needs: readonly string[]; run(): Promise<void> }>> = {
  scale: {
    needs: [peers, values.connectors],
    run: () =>
      scale({
        starts: Number(values.starts),
        samples: Number(values.samples),
        connectors: values.connectors,
        print,
      }),
  },
  calls: { needs: [peers], run: () => calls({ rounds: Number(values.rounds), print }) },
  triggers: {
    needs: [],
    run: () =>
      triggers({ rounds: Number(values.rounds), part: values.part, database: values.database, print }),
  },
}

const bench = benches[positionals.join()]
const missing = (bench?.needs ?? []).filter(path => !existsSync(path))
if (!bench || missing.length > 0) {
  process.stderr.write(
    bench
      ? `${missing.join(' and ')} must be there: run npm ci --prefix test/bench, and name a folder of connectors with --connectors.\n`
      : usage,
  )
  process.exitCode = 2
} else await bench.run()
