// Query parameters and collection formats (connector-format §2.2).
import type { CollectionFormat, ParameterDefinition } from '../../definition/index.ts'
import type { Json } from '../../json.ts'
import { argumentValue, encodableText, type Placed } from './argument-values.ts'
import type { QueryPair, Source } from './draft.ts'
import { encodeQueryName, encodeValue } from './percent-encoding.ts'

const separators = { csv: ',', ssv: ' ', tsv: '\t', pipes: '|' } as const

/** The declared parameters in their order, then arguments that no parameter declares (a poll's state, §5.3). */
export function queryPairs(
  { parameters, names }: Placed<ParameterDefinition>,
  given: Readonly<Record<string, Json>>,
): QueryPair[] {
  const extra = Object.entries(given).filter(([name, value]) => !names.has(name) && value !== null)
  return [
    ...parameters.flatMap(parameter => {
      const argument = argumentValue(parameter, given)
      return argument
        ? pairs(parameter.name, argument.value, parameter.collectionFormat, argument.source)
        : []
    }),
    ...extra.flatMap(([name, value]) => pairs(name, value, 'csv', 'argument')),
  ]
}

function pairs(name: string, value: Json, format: CollectionFormat, source: Source): QueryPair[] {
  // Names keep a leading space in nine packages by mistake; it is not sent (§11).
  const wireName = name.trim()
  return formatted(name, value, format, encodeValue).map(wire => ({ name: wireName, wire, source }))
}

/**
 * A value in its collection format: one text for each occurrence of the parameter. Elements are encoded one by one,
 * so that a separator inside an element stays data. An empty array is left out.
 */
export function formatted(
  name: string,
  value: Json,
  format: CollectionFormat,
  encode: (text: string) => string,
): string[] {
  if (!Array.isArray(value)) return [encode(encodableText(name, value))]
  const elements = value.map(element => encode(encodableText(name, element)))
  if (format === 'multi' || elements.length === 0) return elements
  // Comma is legal in a query and is what servers split at; the others must be encoded themselves.
  const separator = separators[format] === ',' ? ',' : encode(separators[format])
  return [elements.join(separator)]
}

/** The query string with its `?`, or nothing. */
export function printQuery(query: readonly QueryPair[]): string {
  if (query.length === 0) return ''
  const text = query.map(({ name, wire }) => `${encodeQueryName(name)}=${wire}`).join('&')
  return text === '' ? '' : `?${text}`
}

/** Reads a query string (without `?`) into pairs, the wire form kept. */
export function readQuery(text: string, source: Source): QueryPair[] {
  return text
    .split('&')
    .filter(part => part !== '')
    .map(part => {
      const [name = '', wire = ''] = part.split(/=(.*)/s)
      return { name: new URLSearchParams(`${name}=`).keys().next().value ?? '', wire, source }
    })
}
