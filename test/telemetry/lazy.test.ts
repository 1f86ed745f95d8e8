// What is not configured costs nothing: the SDK of OpenTelemetry is no part of the hub's start.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const program = (then: string) => `
  import { registerHooks } from 'node:module'
  const loaded = new Set()
  registerHooks({
    load(url, context, next) {
      const name = /@opentelemetry\\/([^/]+)/.exec(url)?.[1]
      if (name) loaded.add(name)
      return next(url, context)
    },
  })
  await import('./src/commands/serve.ts')
  ${then}
  process.stdout.write([...loaded].join(' '))
  process.exit()`

function loadedBy(then: string): string[] {
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program(then)], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
  })
  return output.split(' ').filter(name => name !== '')
}

test('the SDK is loaded where a collector is configured, and not before', () => {
  const open = (settings: string) => `
    const { createLogger, openTracing } = await import('./src/telemetry/index.ts')
    await openTracing(${settings}, createLogger('silent'))`
  // better-auth has the interfaces.
  expect(loadedBy(open('null')).filter(name => name !== 'api')).toEqual([])
  const settings =
    "{ endpoint: 'http://127.0.0.1:4318', serviceName: 'x', sampler: 'always_on', samplerRatio: 1 }"
  expect(loadedBy(open(settings))).toEqual(expect.arrayContaining(['sdk-trace', 'exporter-trace-otlp-http']))
})
