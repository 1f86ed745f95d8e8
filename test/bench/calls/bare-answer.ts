// What the practical limit does for a document: one fetch by undici for each root field, and the answer cut to the
// selection. It knows no schema, no accounts, no errors, and each document only because it is told all of them
// beforehand.
import { type FieldNode, Kind, parse, type SelectionSetNode } from 'graphql'
import { Pool } from 'undici'
import { queries } from './queries.ts'
import { apiKey } from './things.ts'

interface Root {
  readonly key: string
  readonly path: string
  readonly cut: (value: unknown) => unknown
}

function fieldsOf(set: SelectionSetNode | undefined): readonly FieldNode[] {
  return set?.selections.filter(selection => selection.kind === Kind.FIELD) ?? []
}

/** Copies what is selected. */
function cutter(set: SelectionSetNode | undefined): (value: unknown) => unknown {
  const fields = fieldsOf(set).map(field => [field.name.value, cutter(field.selectionSet)] as const)
  if (fields.length === 0) return value => value ?? null
  const cut = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(cut)
    const made: Record<string, unknown> = {}
    for (const [name, inner] of fields) made[name] = inner((value as Record<string, unknown>)[name])
    return made
  }
  return cut
}

function rootOf(field: FieldNode): Root {
  const given = Object.fromEntries(
    (field.arguments ?? []).map(({ name, value }) => [name.value, 'value' in value ? value.value : '']),
  )
  const path = 'id' in given ? `/things/${given.id}` : `/things?count=${given.count}`
  return { key: field.alias?.value ?? field.name.value, path, cut: cutter(field.selectionSet) }
}

const plans = new Map(
  queries.map(({ document }) => {
    const [operation] = parse(document).definitions
    const set = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet : undefined
    return [document, fieldsOf(set).map(rootOf)] as const
  }),
)
const api = new Pool(process.env.BENCH_API ?? '', { connections: 100 })

async function answer({ key, path, cut }: Root): Promise<readonly [string, unknown]> {
  const { body } = await api.request({ method: 'GET', path, headers: { 'x-api-key': apiKey } })
  return [key, cut(await body.json())]
}

/** The data of a known document. */
export async function bareData(document: string): Promise<Record<string, unknown>> {
  return Object.fromEntries(await Promise.all((plans.get(document) ?? []).map(answer)))
}
