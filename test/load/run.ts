// `npm run load [-- --seconds 120 --callers 200 --seed <text>]`: the long form; prints what it saw, and fails where
// anything is not as it should be.
import { parseArgs } from 'node:util'
import { runLoad } from './load.ts'
import { report } from './report.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    callers: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now()) },
  },
})
const options = {
  seconds: Number(values.seconds),
  callers: Number(values.callers),
  // Longer than the hub waits for an API that hangs.
  patience: 60,
  seed: values.seed,
}
process.stdout.write(`Seed ${options.seed}.\n\n`)
const run = await runLoad(options)
process.stdout.write(report(run, options))
if (run.faults.length > 0) process.exitCode = 1
