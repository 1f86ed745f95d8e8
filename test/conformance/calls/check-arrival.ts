// Did what the caller gave arrive, where it was to go, and nothing else?
import { differing, type Fault } from './compare.ts'
import { originOf, type ReceivedRequest, readParts, readPath, readQuery } from './received-request.ts'
import type { WantedRequest } from './wanted-request.ts'

/** Headers of the exchange itself, or that say nothing but who the hub is. */
const neutral = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'host',
  'transfer-encoding',
  'user-agent',
  'x-forwarded-host',
  'x-forwarded-proto',
])

export function checkAddress(received: ReceivedRequest, wanted: WantedRequest): readonly Fault[] {
  const faults: Fault[] = []
  const add = (kind: string, detail: string) => faults.push({ kind, detail })
  if (received.method !== wanted.method) add('method', `${received.method}, not ${wanted.method}`)
  const origin = URL.canParse(wanted.base) ? new URL(wanted.base).origin : wanted.base
  if (originOf(received) !== origin) add('host', `${originOf(received)}, not ${origin}`)
  const values = readPath(received, wanted)
  if (values === null) add('path', `${received.target.split('?')[0]} is not ${wanted.base}${wanted.path}`)
  else
    for (const [name, { text }] of wanted.tokens)
      if (values.has(name) && values.get(name) !== text) add('path value', differing(text, values.get(name)))
  return faults
}

export function checkQuery(received: ReceivedRequest, wanted: WantedRequest): readonly Fault[] {
  const left = [...readQuery(received)]
  const faults = wanted.query.flatMap(pair => {
    const same = left.findIndex(
      ([name, wire]) => name === pair.name && sameParts(readParts(wire, pair), pair.parts),
    )
    if (same >= 0) {
      left.splice(same, 1)
      return []
    }
    const other = left.find(([name]) => name === pair.name)
    return [{ kind: 'query', detail: `${pair.name}: ${differing(pair.parts.join('|'), other?.[1])}` }]
  })
  const count = (names: readonly string[], name: string) => names.filter(each => each === name).length
  const wantedNames = wanted.query.map(({ name }) => name)
  const receivedNames = readQuery(received).map(([name]) => name)
  const extra = left.filter(([name]) => count(receivedNames, name) > count(wantedNames, name))
  return [...faults, ...extra.map(([name]) => ({ kind: 'query nobody asked for', detail: name }))]
}

function sameParts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index])
}

export function checkHeaders(received: ReceivedRequest, wanted: WantedRequest): readonly Fault[] {
  const faults: Fault[] = []
  for (const [name, text] of wanted.headers) {
    // It needs a boundary, which only the sender knows: what the type must be is said with the body.
    if (name === 'content-type' && wanted.body.kind === 'multipart') continue
    // White space at its edges is no part of a value (RFC 9110 §5.5).
    if (received.headers[name]?.trim() !== text.trim())
      faults.push({ kind: 'header', detail: `${name}: ${differing(text, received.headers[name])}` })
  }
  for (const name of Object.keys(received.headers))
    if (!wanted.headers.has(name) && !neutral.has(name))
      faults.push({ kind: 'header nobody asked for', detail: name })
  return faults
}
