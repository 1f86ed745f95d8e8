// What a process really holds: its heap right after it was told to collect garbage, by Node's own inspector. What a
// heap has grown to says little where there is memory enough to put collecting off.
import { once } from 'node:events'
import WebSocket from 'ws'
import { z } from 'zod'
import { type Hub, waitFor } from '../harness/hub.ts'

const answer = z.object({ id: z.number(), result: z.unknown() })
const usage = z.object({ usedSize: z.number(), backingStorageSize: z.number().default(0) })

export interface LiveHeap extends Disposable {
  /** Megabytes of objects and buffers that are still reachable. */
  measure(): Promise<number>
}

/** The hub is to have been started with `--inspect-port=0` among its NODE_OPTIONS. */
export async function openLiveHeap(hub: Hub): Promise<LiveHeap> {
  hub.process.kill('SIGUSR1')
  const address = () => /Debugger listening on (ws:\S+)/.exec(hub.output())?.[1]
  await waitFor(
    async () => address() !== undefined,
    () => 'The hub opens no inspector.',
  )
  const socket = new WebSocket(address() ?? '')
  await once(socket, 'open')
  let last = 0
  const waiting = new Map<number, (result: unknown) => void>()
  socket.on('message', data => {
    const message = answer.safeParse(JSON.parse(String(data)))
    if (message.success) waiting.get(message.data.id)?.(message.data.result)
  })
  const call = (method: string) =>
    new Promise<unknown>(resolve => {
      const id = ++last
      waiting.set(id, resolve)
      socket.send(JSON.stringify({ id, method }))
    })
  return {
    async measure() {
      await call('HeapProfiler.collectGarbage')
      const { usedSize, backingStorageSize } = usage.parse(await call('Runtime.getHeapUsage'))
      return (usedSize + backingStorageSize) / 1024 ** 2
    },
    [Symbol.dispose]: () => socket.terminate(),
  }
}
