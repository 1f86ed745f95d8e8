// `npm run bench -- <name>`: measures, and prints. Nothing here is a test; a figure is that of one run on one machine.
//
//   npm ci --prefix test/bench && npm run bench -- scale [--starts 9] [--samples 7] [--connectors <folder>]
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { scale } from './scale.ts'

const corpus = process.env.JUNCTOR_CORPUS ?? join(import.meta.dirname, '../../../shared/corpus')

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    starts: { type: 'string', default: '9' },
    samples: { type: 'string', default: '7' },
    connectors: { type: 'string', default: join(corpus, 'power-platform') },
  },
})
const missing = [join(import.meta.dirname, 'node_modules'), values.connectors].filter(
  path => !existsSync(path),
)
if (positionals.join() !== 'scale' || missing.length > 0) {
  process.stderr.write(
    missing.length > 0
      ? `${missing.join(' and ')} must be there: run npm ci --prefix test/bench, and name a folder of connectors with --connectors.\n`
      : 'Usage: npm run bench -- scale [--starts 9] [--samples 7] [--connectors <folder>]\n',
  )
  process.exitCode = 2
} else {
  await scale({
    starts: Number(values.starts),
    samples: Number(values.samples),
    connectors: values.connectors,
    print: text => process.stdout.write(text),
  })
}
