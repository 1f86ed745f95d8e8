// An element as it is: its names without their namespace, and its value where no schema says what it is.
import { XmlElement } from '@rgrove/parse-xml'
import type { Json, JsonObject } from '../../../json.ts'

/** Where nothing is declared: text, or an object by the convention of Json.NET, `@attribute` and `#text`. */
export function plainValue(element: XmlElement): Json {
  if (isNil(element)) return null
  if (elementsOf(element).length === 0 && Object.keys(element.attributes).length === 0) return element.text
  return plainMembers(element)
}

export function plainMembers(element: XmlElement): JsonObject {
  const byName = new Map<string, Json[]>()
  for (const child of elementsOf(element)) {
    const values = byName.get(child.name)
    if (values) values.push(plainValue(child))
    else byName.set(child.name, [plainValue(child)])
  }
  const text = element.children
    .flatMap(child => (child instanceof XmlElement ? [] : [textOf(child)]))
    .join('')
  return Object.fromEntries([
    ...Object.entries(element.attributes).map(([name, value]) => [`@${name}`, value] as const),
    ...[...byName].map(
      ([name, values]) => [name, values.length === 1 ? (values[0] ?? null) : values] as const,
    ),
    ...(text.trim() === '' ? [] : [['#text', text] as const]),
  ])
}

function textOf(node: object): string {
  return 'text' in node && typeof node.text === 'string' ? node.text : ''
}

export function elementsOf({ children }: XmlElement): readonly XmlElement[] {
  return children.filter(child => child instanceof XmlElement)
}

/** https://www.w3.org/TR/xmlschema-1/#xsi_nil */
export function isNil({ attributes }: XmlElement): boolean {
  return Object.entries(attributes).some(
    ([name, value]) => /(?:^|:)nil$/.test(name) && /^(?:true|1)$/.test(value),
  )
}

export function isNamed({ name }: XmlElement, wanted: string): boolean {
  return isSame(localName(name), localName(wanted))
}

export function isSame(name: string, wanted: string): boolean {
  return name.toLowerCase() === wanted.toLowerCase()
}

export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
