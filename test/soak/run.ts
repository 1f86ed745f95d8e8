// `npm run soak [-- --minutes 30 --seed <text> --database <url> --looks <file>]`: prints what it saw, and fails where a law is broken or
// memory, sockets or lag are not flat.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { machineServerUrl } from '../harness/machine-server.ts'
import { figuresOf } from './figures.ts'
import { flatFaults } from './flat.ts'
import { report } from './report.ts'
import { runSoak } from './soak.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now()) },
    /** The maintenance database of a PostgreSQL. */
    database: { type: 'string', default: machineServerUrl },
    /** A file that every look is written to, a line each. */
    looks: { type: 'string' },
  },
})
const seconds = Number(values.minutes) * 60
const options = {
  seed: values.seed,
  server: values.database,
  seconds,
  // As many looks in a short run as the verdict wants.
  sampleSeconds: Math.min(15, seconds / 40),
  pollSeconds: 3,
  itemSeconds: 5,
  polledFeeds: 300,
  webhookFeeds: 8,
  webhooksPerSecond: 5,
  steadyEach: 25,
  sseEach: 4,
  polledSubscribers: 60,
  slow: 6,
  visitors: 60,
  passing: 4,
  callers: 20,
  callPause: 500,
  // Longer than the hub waits for an API that hangs.
  patience: 60,
}
process.stdout.write(`Seed ${options.seed}.\n\n`)
const run = await runSoak(options)
if (values.looks) await writeFile(values.looks, run.samples.map(each => `${JSON.stringify(each)}\n`).join(''))
const faults = [...run.faults, ...figuresOf(run.samples).flatMap(flatFaults)]
process.stdout.write(report(run, options, faults))
if (faults.length > 0) process.exitCode = 1
