// What the upstream answers: a value that the operation's response schema allows; and whether the caller got just that.
import type { Json, JsonObject } from '../../../src/json.ts'
import type { CompiledOperation } from '../../../src/subgraph/index.ts'
import { canonical, differing, type Fault } from './compare.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import { drawValue, valuesOfAll } from './draw-value.ts'
import type { Outcome } from './graph.ts'
import { merged } from './schema-reading.ts'
import type { Chance } from './seeded.ts'
import { type Selection, wantedData } from './selection.ts'
import type { LaidOutAnswer } from './upstream.ts'

export interface Answer {
  readonly laidOut: LaidOutAnswer
  /** Undefined for bytes and for an operation that answers nothing. */
  readonly value: Json | undefined
}

const bytes = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x00, 0xff, 0xfe, 0x0d, 0x0a])
const bytesType = 'application/pdf'

export function layOutAnswer(document: JsonObject, operation: DeclaredOperation, chance: Chance): Answer {
  const { response, status } = operation
  if (!response || status === 204)
    return { laidOut: { status, contentType: null, body: '' }, value: undefined }
  const { type, format } = merged(document, response)
  if (type === 'file' || (type === 'string' && format === 'binary'))
    return { laidOut: { status, contentType: bytesType, body: bytes }, value: undefined }
  const value =
    drawValue(
      { document, chance, place: 'body', extent: 'all', direction: 'answer', budget: { left: valuesOfAll } },
      response,
    ) ?? {}
  return { laidOut: { status, contentType: 'application/json', body: canonical(value) }, value }
}

export function checkAnswer(
  { data, errors }: Outcome,
  operation: CompiledOperation,
  selection: Selection | null,
  { value, laidOut }: Answer,
): readonly Fault[] {
  const [error] = errors
  if (error) return [{ kind: `error ${error.code}`, detail: error.message }]
  const wanted = wantedOf(operation, laidOut) ?? wantedData(value, selection)
  const got = canonical((data as JsonObject | null)?.[operation.field])
  return got === canonical(wanted)
    ? []
    : [{ kind: `answer differs (${operation.result})`, detail: differing(canonical(wanted), got) }]
}

function wantedOf({ result }: CompiledOperation, { body, contentType }: LaidOutAnswer): Json | undefined {
  if (result === 'nothing') return true
  if (result !== 'file' || body.length === 0) return undefined
  return { contentType: String(contentType), size: bytes.length, base64: bytes.toString('base64') }
}
