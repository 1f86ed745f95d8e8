// Schemas → shapes. Types are discovered from the operations down, so what no operation reaches costs nothing.
import type { ConnectorDefinition, Schema } from '../../definition/index.ts'
import type { Findings } from './findings.ts'
import { createGivers, type Givers } from './hidden.ts'
import { nameMembers } from './member-names.ts'
import { compareText, keyPart, upperCamel } from './names.ts'
import { describedSchema } from './reference.ts'
import {
  type Direction,
  type MemberPlan,
  type Origin,
  type ScalarName,
  type Shape,
  scalar,
  type TypePlan,
} from './shape.ts'

type ObjectSchema = Extract<Schema, { type: 'object' }>

/** Where an inline schema stands: the name its type would get, and a key that is unique in the connector. */
interface Place {
  readonly name: string
  readonly key: string
  readonly origin: Origin
}

export interface ShapeReader {
  /** The shape of what the API answers. */
  output(schema: Schema, place: Place): Shape
  /** The shape of what the caller gives. */
  input(schema: Schema, place: Place): Shape
  /** Who gives what a request carries. */
  readonly givers: Givers
  /** The schema with what its reference's target tells. */
  describe(schema: Schema): Schema
  /** Every type met so far, by key. */
  types(): readonly TypePlan[]
}

export function createShapeReader(
  { schemas, schemasPointer }: Pick<ConnectorDefinition, 'schemas' | 'schemasPointer'>,
  findings: Findings,
): ShapeReader {
  const types = new Map<string, TypePlan>()
  const givers = createGivers(schemas)

  function shapeOf(schema: Schema, place: Place, direction: Direction, aliases: readonly string[]): Shape {
    if (schema.dynamicSchema) return scalar('JSON')
    switch (schema.type) {
      case 'ref':
        return shapeOfReference(schema.ref, direction, aliases)
      case 'array':
        return {
          kind: 'list',
          of: shapeOf(
            schema.items,
            { ...place, name: `${place.name}Item`, key: `${place.key}/[]` },
            direction,
            aliases,
          ),
        }
      case 'object':
        return shapeOfObject(schema, place, direction)
      default:
        return scalar(scalarOf(schema, direction))
    }
  }

  /** Several references to one schema share its type. Arrays that contain only themselves have no type at all. */
  function shapeOfReference(ref: string, direction: Direction, aliases: readonly string[]): Shape {
    const target = Object.hasOwn(schemas, ref) ? schemas[ref] : undefined
    if (!target || aliases.includes(ref)) return scalar('JSON')
    const place = {
      name: upperCamel(ref),
      key: `schema:${keyPart(ref)}`,
      origin: { pointer: `${schemasPointer}/${keyPart(ref)}` },
    }
    return shapeOf(target, place, direction, [...aliases, ref])
  }

  function shapeOfObject(schema: ObjectSchema, place: Place, direction: Direction): Shape {
    const key = `${direction} ${place.key}`
    const known = types.get(key)
    if (known) return { kind: 'object', type: known }
    const wires = Object.keys(schema.properties).filter(wire => isShown(schema, wire, direction))
    if (wires.length === 0) return scalar('JSON')
    const type: TypePlan = {
      key,
      direction,
      wantedName: direction === 'input' ? inputName(place.name) : place.name,
      schema,
      origin: place.origin,
      members: [],
    }
    types.set(key, type)
    type.members.push(...membersOf(schema, wires, place, direction))
    return { kind: 'object', type }
  }

  function isShown(owner: ObjectSchema, wire: string, direction: Direction): boolean {
    if (direction === 'output') return owner.properties[wire]?.writeOnly !== true
    return givers.ofMember(owner, wire) === 'CALLER'
  }

  function membersOf(
    owner: ObjectSchema,
    wires: readonly string[],
    place: Place,
    direction: Direction,
  ): MemberPlan[] {
    const names = nameMembers(wires, place, findings)
    return wires.flatMap(wire => {
      const schema = owner.properties[wire]
      const name = names.get(wire)
      if (!schema || !name) return []
      const inside = {
        ...place,
        name: place.name + upperCamel(wire),
        key: `${place.key}/${keyPart(wire)}`,
      }
      const required = direction === 'input' && owner.required.includes(wire) && schema.nullable !== true
      return [
        {
          name,
          wire,
          shape: shapeOf(schema, inside, direction, []),
          required,
          schema: describedSchema(schema, schemas),
          literal: null,
        },
      ]
    })
  }

  return {
    output: (schema, place) => shapeOf(schema, place, 'output', []),
    input: (schema, place) => shapeOf(schema, place, 'input', []),
    givers,
    describe: schema => describedSchema(schema, schemas),
    types: () => [...types.values()].sort((a, b) => compareText(a.key, b.key)),
  }
}

/** Schemas that say `Input` already do not say it twice. */
function inputName(name: string): string {
  return name.endsWith('Input') ? name : `${name}Input`
}

function scalarOf(schema: Schema, direction: Direction): ScalarName {
  switch (schema.type) {
    case 'string':
      if (schema.format === 'date-time') return 'DateTime'
      return direction === 'input' && (schema.format === 'byte' || schema.format === 'binary')
        ? 'Upload'
        : 'String'
    case 'integer':
      return schema.format === 'int64' ? 'BigInt' : 'Int'
    case 'number':
      return 'Float'
    case 'boolean':
      return 'Boolean'
    default:
      return 'JSON'
  }
}
