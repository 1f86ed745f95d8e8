// A compiling program that one document makes hang; the others it compiles.
import { compileSource } from '../../../../src/gateway/catalogue/compile-connector.ts'
import type { Job } from '../../../../src/gateway/catalogue/compile-process.ts'

process.on('message', ({ name, source }: Job) => {
  while (name === 'hostile');
  void compileSource(name, source).then(compiled => process.send?.(compiled))
})
process.once('disconnect', () => process.exit())
