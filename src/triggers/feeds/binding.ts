// What makes two subscriptions one feed, and how bound arguments are stored.
import { createHash } from 'node:crypto'
import type { WireArguments } from '../../invocation/index.ts'
import { isJsonObject, type Json, type JsonObject, parseJson, printJson } from '../../json.ts'
import type { Binding } from './feed.ts'

/** SHA-256 (hex) of the binding: equal for equal bindings, whatever the order of object members. */
export function bindingHash(binding: Binding): string {
  const { organizationId, connector, importId, operationId, connectionId } = binding
  const parts = [
    organizationId,
    connector,
    operationId,
    connectionId,
    canonical(argumentsJson(binding.arguments)),
    ...(importId === null ? [] : [importId]),
  ]
  return createHash('sha256').update(printJson(parts)).digest('hex')
}

/** The value with every object's members in one order. */
export function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map(canonical)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(name => [name, canonical(value[name] ?? null)]),
  )
}

/** Bound arguments as exact JSON text. */
export function printArguments(bound: WireArguments): string {
  return printJson(argumentsJson(bound))
}

/** Reads what printArguments wrote. */
export function readArguments(text: string): WireArguments {
  const stored = parseJson(text)
  const root = isJsonObject(stored) ? stored : {}
  const groups = isJsonObject(root.parameters) ? root.parameters : {}
  const group = (name: string): JsonObject => {
    const values = groups[name]
    return isJsonObject(values) ? values : {}
  }
  return {
    parameters: {
      path: group('path'),
      query: group('query'),
      header: group('header'),
      form: group('form'),
    },
    ...(root.body === undefined ? {} : { body: root.body }),
  }
}

function argumentsJson({ parameters, body }: WireArguments): JsonObject {
  const { path, query, header, form } = parameters
  return { parameters: { path, query, header, form }, ...(body === undefined ? {} : { body }) }
}
