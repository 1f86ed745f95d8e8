// Makes loading the hub's code fast. It must be imported before everything else, which main therefore imports later.
import { enableCompileCache, registerHooks } from 'node:module'
import { join } from 'node:path'

// Compiled code and stripped types are kept between runs. Where the folder cannot be written nothing is kept.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/junctor-code'))

/**
 * Node parses the whole package.json of a package again for each module that is imported by a path inside it
 * (lib/internal/modules/esm/get_format.js). drizzle-orm's lists 170 kB of exports: 100 modules cost 200 ms and 100 MB
 * of garbage at every start. Its modules are told apart by their extension alone.
 */
const insideDrizzle = /\/node_modules\/drizzle-orm\/.+\.js$/
const hooks = registerHooks({
  resolve(specifier, context, next) {
    const from = context.parentURL ?? ''
    return specifier.startsWith('.') && specifier.endsWith('.js') && insideDrizzle.test(from)
      ? { url: new URL(specifier, from).href, format: 'module', shortCircuit: true }
      : next(specifier, context)
  },
})

/** To be called when the code is loaded: a library that requires a module for each request would pass here each time. */
export function endQuickStart(): void {
  hooks.deregister()
}
