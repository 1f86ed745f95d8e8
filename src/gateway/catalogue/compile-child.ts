// The program that compiles, in a process of its own: the hub's event loop never waits for it, its memory goes back
// to the system when it ends, and whatever a document makes of it is not the hub's end. Jobs in, Compiled out.
import { compileSource } from './compile-connector.ts'
import type { Job } from './compile-process.ts'

// Loading the loader is most of the time that a first compilation takes; it begins before there is a job.
void import('@omnigraph/openapi')

process.on('message', ({ name, source }: Job) => {
  void compileSource(name, source).then(compiled => process.send?.(compiled))
})
process.once('disconnect', () => process.exit())
