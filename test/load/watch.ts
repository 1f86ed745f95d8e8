// A running hub looked at once a second: its memory, and what it says of its event loop.
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { residentMegabytes } from '../bench/measure/machine.ts'

export interface Look {
  readonly seconds: number
  readonly residentMegabytes: number
  /** Of the second before. */
  readonly loopDelayP99Milliseconds: number
}

export interface Watch {
  /** Stops, and gives what was seen. */
  stop(): Promise<readonly Look[]>
}

export function watchHub(hub: { readonly url: string; readonly pid: number }): Watch {
  const started = performance.now()
  const looks: Look[] = []
  let stopped = false
  async function run(): Promise<void> {
    while (!stopped) {
      const metrics = await metricsOf(hub.url)
      looks.push({
        seconds: (performance.now() - started) / 1000,
        residentMegabytes: (await residentMegabytes(hub.pid)) ?? Number.NaN,
        loopDelayP99Milliseconds: gauge(metrics, 'nodejs_eventloop_lag_p99_seconds') * 1000,
      })
      await new Promise(resolve => setTimeout(resolve, 1000))
    }
  }
  const running = run()
  // A hub that is gone is told of by `stop`.
  running.catch(() => {})
  return {
    async stop() {
      stopped = true
      await running
      return looks
    },
  }
}

/** Over a connection that is not kept, so that the hub can be seen without any. */
function metricsOf(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(`${url}/metrics`, { agent: false }, response => resolve(text(response))).once('error', reject)
  })
}

function gauge(metrics: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN)
}
