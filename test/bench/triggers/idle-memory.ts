// What a subscriber costs to whom nothing happens: the hub's memory with many of them, and with none.
import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '../../harness/hub.ts'
import { count, table } from '../measure/figures.ts'
import { residentMegabytes } from '../measure/machine.ts'
import { openClients } from './clients.ts'
import { startHub, startProgramContender } from './contenders.ts'
import type { Part } from './part.ts'

const steps = [1_000, 4_000, 5_000]
/** Until garbage of the opening has gone. */
const calmSeconds = 30

export const idleMemory: Part = async ({ stack, work, database, print }) => {
  const rows: string[][] = []
  for (const who of [
    await startHub(stack, work, database),
    await startProgramContender(stack, 'bare'),
    await startProgramContender(stack, 'peer'),
  ]) {
    let clients = 0
    const points: { clients: number; megabytes: number }[] = []
    for (const step of steps) {
      await openClients(stack, who.socket, step)
      clients += step
      const all = clients
      await waitFor(
        async () => (await who.subscribed()) === all,
        () => `Not all clients of ${who.name} are subscribed.`,
        120,
      )
      await pause(calmSeconds * 1000)
      points.push({ clients, megabytes: (await residentMegabytes(who.pid)) ?? Number.NaN })
    }
    const [first, last] = [points[0], points.at(-1)]
    if (!first || !last) continue
    const each = ((last.megabytes - first.megabytes) / (last.clients - first.clients)) * 1024
    rows.push([
      { hub: 'the hub', bare: 'ws alone', peer: 'graphql-ws' }[who.name],
      ...points.map(({ megabytes }) => `${count(megabytes)} MB`),
      `${each.toFixed(1)} KB`,
    ])
  }
  const totals = steps.map((_, index) => steps.slice(0, index + 1).reduce((a, b) => a + b, 0))
  print(`${table([['who', ...totals.map(total => `${count(total)} subscribers`), 'each'], ...rows])}\n`)
}
