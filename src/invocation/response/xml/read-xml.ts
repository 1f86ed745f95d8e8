// XML → the JSON that a schema describes (OpenAPI 3.0.3, "XML Object").
import { parseXml, XmlElement } from '@rgrove/parse-xml'
import type { Schema } from '../../../definition/index.ts'
import type { Json } from '../../../json.ts'
import { resolveSchema } from '../../request/body-defaults.ts'
import { fittedObject, fittedValue, type ObjectSchema, type Schemas } from './fitted-xml.ts'
import { elementsOf, isNamed } from './plain-xml.ts'

/** Characters; a tree of the parser's is some twenty times as large. */
const longestText = 4_000_000
/** The parser, and what reads its tree, call themselves for each level. */
const deepest = 200

/** Undefined for what is no XML, or more or deeper than is read. */
export function readXml(text: string, schema: Schema, schemas: Schemas): Json | undefined {
  if (text.length > longestText || isTooDeep(text)) return undefined
  const root = parsed(text)
  return root ? rootValue(root, schema, schemas) : undefined
}

/** The parser leaves document types aside: no entity but XML's own five stands for anything. */
function parsed(text: string): XmlElement | null {
  try {
    return parseXml(text).root
  } catch {
    // The answer stays the text that it is.
    return null
  }
}

/** No `<` stands in a tag, so that this takes one look at each character. Tags in comments count, too. */
const tags = /<(?:\/|[^!?/<>\s](?:"[^"<]*"|'[^'<]*'|[^"'<>])*>)/g

function isTooDeep(text: string): boolean {
  let depth = 0
  for (const [tag] of text.matchAll(tags)) {
    if (tag === '</') depth--
    else if (!tag.endsWith('/>')) depth++
    if (depth > deepest) return true
  }
  return false
}

function rootValue(root: XmlElement, schema: Schema, schemas: Schemas): Json {
  const own = resolveSchema(schema, schemas)
  if (own.type === 'object' && isEnvelope(root, own))
    return fittedObject(new XmlElement('', {}, [root]), own, schemas)
  return fittedValue(root, own, schemas)
}

/** Some documents describe the document, whose one member is the root element, instead of that element. */
function isEnvelope(root: XmlElement, { properties }: ObjectSchema): boolean {
  const named = Object.entries(properties).some(([name, { xml }]) => isNamed(root, xml?.name ?? name))
  const [inner] = elementsOf(root)
  return (
    named && !Object.entries(properties).some(([name, { xml }]) => inner && isNamed(inner, xml?.name ?? name))
  )
}
