// `npm run faults [-- --kills 200 --items 2500 --seed <text>]`: the long form, three hubs on one PostgreSQL and then one
// hub with its own. Fails where anything was lost, repeated or out of order.
import { parseArgs } from 'node:util'
import { embeddedHub, threeHubs } from './installations.ts'
import { report } from './report.ts'
import { runFaults } from './scenario.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    /** Of each of four feeds. */
    items: { type: 'string', default: '2500' },
    seed: { type: 'string', default: String(Date.now()) },
  },
})
const options = {
  seed: values.seed,
  kills: Number(values.kills),
  items: Number(values.items),
  pace: 1_500,
  leaseSeconds: 3,
  freezeMilliseconds: 4_000,
  polledFeeds: 3,
  subscribersEach: 3,
  settleSeconds: 180,
}
process.stdout.write(`Seed ${options.seed}.\n\n`)
const installations = [
  ['Three hubs on one PostgreSQL', threeHubs(options)],
  ['One hub with its own PostgreSQL', embeddedHub(options)],
] as const
for (const [name, install] of installations) {
  const started = performance.now()
  const run = await runFaults(options, install)
  process.stdout.write(report(name, run, (performance.now() - started) / 1000))
  if (run.faults.length > 0) process.exitCode = 1
}
