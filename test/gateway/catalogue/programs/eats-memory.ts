// A compiling program that one document makes eat memory without end; the others it compiles.
import { compileSource } from '../../../../src/gateway/catalogue/compile-connector.ts'
import type { Job } from '../../../../src/gateway/catalogue/compile-process.ts'

process.on('message', ({ name, source }: Job) => {
  const eaten: string[][] = []
  while (name === 'hostile') eaten.push(Array.from({ length: 10_000 }, (_, index) => `${index}`))
  void compileSource(name, source).then(compiled => process.send?.(compiled))
})
process.once('disconnect', () => process.exit())
