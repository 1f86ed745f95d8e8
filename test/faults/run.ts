// `npm run faults [-- --kills 200 --items 2500 --seed <text> --only notify|nats|embedded]`: the long form, three hubs on
// one PostgreSQL that wakes them, three woken by NATS, and one hub with its own PostgreSQL. Fails where anything was lost,
// repeated or out of order.
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
    /** Left out: all installations, one after the other. */
    only: { type: 'string' },
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
const installations = [
  ['notify', 'Three hubs on one PostgreSQL, woken by it', threeHubs(options)],
  ['nats', 'Three hubs on one PostgreSQL, woken by NATS', threeHubs(options, 'nats')],
  ['embedded', 'One hub with its own PostgreSQL', embeddedHub(options)],
] as const
const chosen = installations.filter(([key]) => values.only === undefined || values.only === key)
if (chosen.length === 0)
  throw new Error(`--only is one of ${installations.map(([key]) => key).join(', ')}, and not ${values.only}.`)
process.stdout.write(`Seed ${options.seed}.\n\n`)
for (const [, name, install] of chosen) {
  const started = performance.now()
  const run = await runFaults(options, install)
  process.stdout.write(report(name, run, (performance.now() - started) / 1000))
  if (run.faults.length > 0) process.exitCode = 1
}
