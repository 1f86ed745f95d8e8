// What is asked: the same selections of everybody. `things_` is the hub's prefix.

export interface Query {
  readonly what: string
  /** Requests that are under way at once. */
  readonly connections: number
  readonly document: string
}

const thing = 'id title price active createdAt owner { name }'
const listed = (count: number) => `{ things_listThings(count: ${count}) { value { ${thing} } } }`
const tenFields = Array.from({ length: 10 }, (_, id) => `t${id}: things_getThing(id: ${id}) { ${thing} }`)

export const queries: readonly Query[] = [
  { what: 'one small object', connections: 10, document: `{ things_getThing(id: 7) { ${thing} } }` },
  { what: 'a list of 100', connections: 10, document: listed(100) },
  { what: 'a list of 1,000', connections: 10, document: listed(1_000) },
  { what: '10 root fields', connections: 10, document: `{ ${tenFields.join(' ')} }` },
]
