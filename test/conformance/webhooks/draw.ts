// Values that a normalised schema allows: what must be given to a registration, and all of what a callback may bring.
import type { OperationDefinition, Schema } from '../../../src/definition/index.ts'
import type { WireArguments } from '../../../src/invocation/index.ts'
import type { Json } from '../../../src/json.ts'

type Schemas = Readonly<Record<string, Schema>>

const texts: Readonly<Record<string, string>> = {
  'date-time': '2030-03-04T12:34:56Z',
  date: '2030-03-04',
  byte: 'YWJj',
  uuid: '0b5a1c5e-7d3f-4c1a-9b7e-000000001000',
  uri: 'https://example.com/a?b=c',
  email: 'some.one@example.com',
}

/** `all`: every member, to a depth; else only what is required and has no default. */
function draw(schema: Schema, schemas: Schemas, all: boolean, depth = 0): Json {
  if (schema.default !== undefined) return schema.default
  switch (schema.type) {
    case 'ref': {
      const found = schemas[schema.ref]
      return found && depth < 8 ? draw(found, schemas, all, depth + 1) : {}
    }
    case 'string':
      return schema.enum?.[0]?.value ?? texts[schema.format ?? ''] ?? 'text'
    case 'integer':
      return schema.enum?.[0]?.value ?? (schema.format === 'int64' ? 12345678901234567890n : 17)
    case 'number':
      return schema.enum?.[0]?.value ?? 1.5
    case 'boolean':
      return true
    case 'array':
      return depth < 6 ? [draw(schema.items, schemas, all, depth + 1)] : []
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties)
          .filter(([name]) => depth < 6 && (all || schema.required.includes(name)))
          .filter(([, member]) => member.notificationUrl !== true)
          .map(([name, member]) => [name, draw(member, schemas, all, depth + 1)]),
      )
    default:
      return { any: ['thing', 1, null] }
  }
}

/** What must be given to call the operation. */
export function drawArguments({ parameters, body }: OperationDefinition, schemas: Schemas): WireArguments {
  const places = { path: {}, query: {}, header: {}, form: {} } as Record<string, Record<string, Json>>
  for (const parameter of parameters) {
    const group = places[parameter.in]
    if (group && parameter.required && parameter.constant === undefined)
      group[parameter.name] = draw(parameter.schema, schemas, false)
  }
  return {
    parameters: places as WireArguments['parameters'],
    ...(body === null ? {} : { body: draw(body.schema, schemas, false) }),
  }
}

/** What a callback brings. */
export function drawEvent({ event }: OperationDefinition, schemas: Schemas): Json {
  return event === null ? {} : draw(event, schemas, true)
}
