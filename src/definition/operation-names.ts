// Names of operations: operationIds where there are any, made up and told apart where not, before anything else is
// read, because dynamic references and policies call operations by name.
import { quoted } from './findings.ts'
import { child, firstChild, isObject, members, type Node, words } from './node.ts'
import { follow, type Reading } from './reading.ts'

/** An operation's place in the document, with its final id. */
export interface NamedOperation {
  readonly id: string
  readonly method: string
  /** The webhook's name where `notifies`. */
  readonly path: string
  /** A request that the API makes, not one that it answers. */
  readonly notifies: boolean
  readonly item: Node
  readonly node: Node
}

export interface OperationNames {
  readonly operations: readonly NamedOperation[]
  /** The id that is meant: an exact match, else one that differs in case only (connector-format §4.1). */
  find(name: string): string | undefined
  /** Where a finding at this node is: its pointer, and the operation that the node is part of. */
  place(node: Node): { readonly pointer: string; readonly operation?: string }
}

const methods = new Set(['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace'])

/** Members of a path item beside its operations (§2.1). */
const besideOperations = new Set(['parameters', 'servers', '$ref', 'summary', 'description'])

export function isHttpMethod(key: string): boolean {
  return methods.has(key.toLowerCase())
}

/** Finds all operations. What else an object in a path item may be is passed over, or told. */
export function nameOperations(reading: Reading): OperationNames {
  const { findings, bounds, document, dialect } = reading
  const found: Unnamed[] = []
  const search = (home: Node, notifies: boolean) => {
    for (const [path, raw] of members(home)) {
      if (!notifies && path.startsWith('x-')) continue
      const item = follow(reading, raw)
      for (const [key, node] of members(item).filter(([, node]) => isObject(node))) {
        if (isHttpMethod(key)) found.push({ method: key.toLowerCase(), path, item, node, notifies })
        else tellMisplaced(reading, path, key, node)
      }
    }
  }
  search(child(document, 'paths'), false)
  if (dialect !== 'swagger-2.0') search(firstChild(document, 'webhooks', 'x-webhooks'), true)
  if (found.length > bounds.operations) {
    findings.error('DOCUMENT_INVALID', `The document has more than ${bounds.operations} operations.`)
    found.length = 0
  }
  const ids = distinctIds(reading, found)
  const operations = found.map(operation => ({ ...operation, id: ids.get(operation) ?? operation.path }))
  const exact = new Set(operations.map(operation => operation.id))
  const folded = new Map(operations.map(operation => [operation.id.toLowerCase(), operation.id]))
  const byPointer = new Map(operations.map(operation => [operation.node.pointer, operation.id]))
  return {
    operations,
    find: name => (exact.has(name) ? name : folded.get(name.trim().toLowerCase())),
    place({ pointer }) {
      for (let end = pointer.length; end > 0; end = pointer.lastIndexOf('/', end - 1)) {
        const operation = byPointer.get(pointer.slice(0, end))
        if (operation !== undefined) return { pointer, operation }
      }
      return { pointer }
    },
  }
}

/** Tells of an object in a path item that is none of a path item's members. */
function tellMisplaced({ findings }: Reading, path: string, key: string, { pointer }: Node): void {
  if (key.startsWith('x-') || besideOperations.has(key)) return
  const message = key.startsWith('/')
    ? `The path ${quoted(key)} stands inside the path ${quoted(path)} and is not read: look for a closing bracket that is missing before it.`
    : `${quoted(key)} is nothing that a path can hold, and is not read.`
  findings.warning('DOCUMENT_INVALID', message, { pointer })
}

type Unnamed = Omit<NamedOperation, 'id'>

/** Ids do not depend on the order of the document: of equal ones the first by path and method keeps it, webhooks last. */
function distinctIds({ findings }: Reading, found: readonly Unnamed[]): Map<Unnamed, string> {
  const inOrder = [...found].sort(
    (a, b) =>
      Number(a.notifies) - Number(b.notifies) || compare(a.path, b.path) || compare(a.method, b.method),
  )
  const declared = new Set(found.map(({ node }) => words(child(node, 'operationId'))))
  const taken = new Set<string>()
  const suffixes = new Map<string, number>()
  const ids = new Map<Unnamed, string>()
  for (const operation of inOrder) {
    const own = words(child(operation.node, 'operationId'))
    const wanted = own ?? generatedId(operation)
    let id = wanted
    while (taken.has(id) || (id !== own && declared.has(id))) {
      const suffix = suffixes.get(wanted) ?? 2
      suffixes.set(wanted, suffix + 1)
      id = `${wanted}_${suffix}`
    }
    taken.add(id)
    ids.set(operation, id)
    const place = { pointer: operation.node.pointer, operation: id }
    if (own === undefined) {
      findings.warning(
        'OPERATION_ID_MISSING',
        `The operation has no operationId and is called ${quoted(id)}.`,
        place,
      )
    } else if (id !== own) {
      findings.warning(
        'NAME_DUPLICATE',
        `Another operation is called ${quoted(own)}; this one is ${quoted(id)}.`,
        place,
      )
    }
  }
  return ids
}

function generatedId({ method, path, notifies }: Unnamed): string {
  return [notifies ? 'on' : method, ...path.split(/[^\p{L}\p{N}]+/u).filter(part => part !== '')].join('_')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
