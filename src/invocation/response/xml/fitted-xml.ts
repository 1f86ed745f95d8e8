// An element → the JSON that its schema describes: elements and attributes under the names of the properties, whatever
// the namespace. APIs keep to `xml` keywords loosely, so what stands where a list or an item may stand is taken.
import type { XmlElement } from '@rgrove/parse-xml'
import type { Schema } from '../../../definition/index.ts'
import type { Json, JsonObject } from '../../../json.ts'
import { resolveSchema } from '../../request/body-defaults.ts'
import { elementsOf, isNamed, isNil, isSame, localName, plainMembers, plainValue } from './plain-xml.ts'

export type Schemas = Readonly<Record<string, Schema>>
export type ObjectSchema = Extract<Schema, { type: 'object' }>
type ArraySchema = Extract<Schema, { type: 'array' }>

export function fittedValue(element: XmlElement, schema: Schema, schemas: Schemas): Json {
  const own = resolveSchema(schema, schemas)
  if (isNil(element)) return null
  if (own.type === 'object') return fittedObject(element, own, schemas)
  if (own.type === 'array') return itemsOf(elementsOf(element), own, schemas)
  if (own.type === 'any') return plainValue(element)
  return scalarOf(element.text, own)
}

export function fittedObject(element: XmlElement, schema: ObjectSchema, schemas: Schemas): JsonObject {
  const children = elementsOf(element)
  const declared = Object.entries(schema.properties).flatMap(([name, property]): [string, Json][] => {
    const value = memberOf(element, children, name, property, schemas)
    return value === undefined ? [] : [[name, value]]
  })
  if (schema.additional === null) return Object.fromEntries(declared)
  const known = new Set(declared.map(([name]) => name))
  const rest = Object.entries(plainMembers(element)).filter(([name]) => !known.has(localName(name)))
  return Object.fromEntries([...rest, ...declared])
}

function memberOf(
  element: XmlElement,
  children: readonly XmlElement[],
  name: string,
  property: Schema,
  schemas: Schemas,
): Json | undefined {
  const schema = resolveSchema(property, schemas)
  const hints = { ...schema.xml, ...property.xml }
  const wire = hints.name ?? name
  if (schema.type === 'array') return listOf(children, wire, schema, schemas)
  const attribute = Object.entries(element.attributes).find(([key]) => isSame(localName(key), wire))
  const child = children.find(each => isNamed(each, wire))
  if (child && !(hints.attribute && attribute)) return fittedValue(child, property, schemas)
  if (attribute) return scalarOf(attribute[1], schema)
  // An element that has attributes and text is an object of both.
  return children.length === 0 && /^(?:#?text|_|\$|value)$/i.test(wire) && schema.type !== 'object'
    ? scalarOf(element.text, schema)
    : undefined
}

/** Items stand one after another, or inside one element that stands for the list, whatever `wrapped` says. */
function listOf(
  children: readonly XmlElement[],
  wire: string,
  schema: ArraySchema,
  schemas: Schemas,
): Json | undefined {
  const itemName = { ...resolveSchema(schema.items, schemas).xml, ...schema.items.xml }.name
  const named = children.filter(each => isNamed(each, wire))
  const [only] = named
  if (only && named.length === 1 && isWrapper(only, wire, itemName, schema, schemas))
    return itemsOf(elementsOf(only), schema, schemas)
  if (only) return itemsOf(named, schema, schemas)
  const items = itemName === undefined ? [] : children.filter(each => isNamed(each, itemName))
  return items.length === 0 ? undefined : itemsOf(items, schema, schemas)
}

/** True for an element that holds items rather than being one. */
function isWrapper(
  element: XmlElement,
  wire: string,
  itemName: string | undefined,
  schema: ArraySchema,
  schemas: Schemas,
): boolean {
  const inner = elementsOf(element)
  const [first] = inner
  if (!first) return schema.xml?.wrapped === true && element.text.trim() === ''
  if (!inner.every(each => each.name === first.name)) return false
  if (schema.xml?.wrapped || isNamed(first, itemName ?? wire)) return true
  const item = resolveSchema(schema.items, schemas)
  // An item that has such a member is the item itself; a scalar has no elements in it.
  return item.type === 'object'
    ? !Object.entries(item.properties).some(([name, { xml }]) => isNamed(first, xml?.name ?? name))
    : item.type !== 'any' && item.type !== 'array'
}

function itemsOf(elements: readonly XmlElement[], { items }: ArraySchema, schemas: Schemas): readonly Json[] {
  return elements.map(element => fittedValue(element, items, schemas))
}

/** A number or a truth value where the text is one; what else it is, whoever reads the answer decides. */
function scalarOf(text: string, { type }: Schema): Json {
  const trimmed = text.trim()
  if (type === 'boolean' && /^(?:true|false|1|0)$/i.test(trimmed)) return /^(?:true|1)$/i.test(trimmed)
  if (type === 'integer' && /^[+-]?\d{1,1000}$/.test(trimmed)) return exact(BigInt(trimmed.replace('+', '')))
  if (type === 'number' && trimmed !== '' && Number.isFinite(Number(trimmed))) return Number(trimmed)
  if (type === 'string' || type === 'any') return text
  return trimmed === '' ? null : trimmed
}

function exact(value: bigint): Json {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}
