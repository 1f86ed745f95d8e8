// A JavaScript realm with nothing of Node in it: hooks have the language and what the web platform gives for bytes,
// texts and time. Without `process` there is no signal to the hub, without imports no socket, no name server, no file.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { z } from 'zod'

const webGlobals = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'CompressionStream',
  'DOMException',
  'DecompressionStream',
  'Headers',
  'ReadableStream',
  'TextDecoder',
  'TextEncoder',
  'TransformStream',
  'URL',
  'URLSearchParams',
  'WritableStream',
  'atob',
  'btoa',
  'clearTimeout',
  'crypto',
  'queueMicrotask',
  'setTimeout',
  'structuredClone',
]

/**
 * Closes this process's realm for good and imports one TypeScript module, whose exports it resolves with; what that
 * imports is refused. Nothing else can be imported from here on.
 */
export async function importClosed(path: string): Promise<unknown> {
  const url = pathToFileURL(path).href
  const source = stripTypeScriptTypes(readFileSync(path, 'utf8'))
  const open = new Set<string | symbol>([...languageGlobals(), ...webGlobals])
  registerHooks({
    resolve(specifier) {
      if (specifier === url) return { url, format: 'module', shortCircuit: true }
      throw new Error(
        `Hooks import nothing but types, and these import "${specifier}"; use the context instead.`,
      )
    },
    load: () => ({ format: 'module', source, shortCircuit: true }),
  })
  // Node makes some of them when they are first asked for, and needs more for that than stays.
  for (const name of webGlobals) Reflect.get(globalThis, name)
  const { setTimeout: wait } = globalThis
  for (const name of Reflect.ownKeys(globalThis)) if (!open.has(name)) takeAway(name)
  // A number, as on the web: Node's object leads to every other timer of the process.
  Object.assign(globalThis, {
    setTimeout: (callback: () => void, milliseconds: number) => Number(wait(callback, milliseconds)),
  })
  return import(url)
}

/** Node keeps the agent of its `fetch` as a global that stays, and can only be emptied. */
function takeAway(name: string | symbol): void {
  if (Reflect.deleteProperty(globalThis, name)) return
  if (!Reflect.defineProperty(globalThis, name, { value: undefined, writable: false }))
    throw new Error(`The global "${String(name)}" cannot be taken away.`)
}

/** Those that a realm without Node has, less what V8 adds for debuggers. */
function languageGlobals(): string[] {
  const names = z.array(z.string()).parse(runInNewContext('Object.getOwnPropertyNames(globalThis)'))
  return names.filter(name => name !== 'console' && name !== 'WebAssembly')
}
