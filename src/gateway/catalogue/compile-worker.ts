// The thread that compiles, so that the event loop of the hub never waits for it: jobs in, Compiled out.
import { parentPort } from 'node:worker_threads'
import { compileSource } from './compile-connector.ts'
import type { Source } from './compiled.ts'

export interface Job {
  readonly name: string
  readonly source: Source
}

parentPort?.on('message', ({ name, source }: Job) => {
  void compileSource(name, source).then(compiled => parentPort?.postMessage(compiled))
})
