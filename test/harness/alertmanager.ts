// A real Prometheus Alertmanager with a storage folder and a configuration of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitFor } from './hub.ts'

export interface Alertmanager extends AsyncDisposable {
  /** Origin, such as http://127.0.0.1:9093. */
  readonly origin: string
}

/** Starts one on `port` that notifies `webhookUrl` of every alert at once. */
export async function startAlertmanager(webhookUrl: string, port: number): Promise<Alertmanager> {
  const folder = await mkdtemp(join(tmpdir(), 'junctor-alertmanager-'))
  const config = {
    route: { receiver: 'hub', group_wait: '0s', group_interval: '1s', repeat_interval: '1h' },
    receivers: [{ name: 'hub', webhook_configs: [{ url: webhookUrl, send_resolved: false }] }],
  }
  // YAML is a superset of JSON.
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config))
  const child = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${join(folder, 'config.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)))
  const ended = once(child, 'exit')
  const origin = `http://127.0.0.1:${port}`
  await waitFor(
    async () => (await fetch(`${origin}/-/ready`).catch(() => null))?.ok === true,
    () => `Alertmanager does not start.\n${output}`,
  )
  return {
    origin,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
