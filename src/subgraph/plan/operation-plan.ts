// An operation → the root field it becomes: its kind, arguments and result.
import type { ConnectorDefinition, OperationDefinition, Schema } from '../../definition/index.ts'
import type { ArgumentTarget, CompiledOperation } from '../artifact.ts'
import { type ArgumentPlan, planArguments } from './argument-plan.ts'
import type { Findings } from './findings.ts'
import { keyPart, upperCamel } from './names.ts'
import { contentOf } from './reference.ts'
import { originOf, type Shape, scalar } from './shape.ts'
import type { ShapeReader } from './shape-reader.ts'

export interface OperationPlan {
  readonly operation: OperationDefinition
  readonly field: string
  readonly root: CompiledOperation['root']
  readonly result: CompiledOperation['result']
  readonly arguments: readonly ArgumentPlan[]
  readonly ownArguments: readonly OwnArgument[]
  /** Of the field's value; of one event's data where the operation has events. */
  readonly output: Shape
}

/** An argument that the hub adds. */
interface OwnArgument {
  readonly name: 'connection' | 'limit' | 'after'
  readonly type: 'ID' | 'Int' | 'String'
  readonly description: string
  readonly target: ArgumentTarget
}

const connection: OwnArgument = {
  name: 'connection',
  type: 'ID',
  description: 'Id or name; left out: your default connection.',
  target: { to: 'connection' },
}
const limit: OwnArgument = {
  name: 'limit',
  type: 'Int',
  description: 'Follow next links until there are at least so many items; left out: the first page.',
  target: { to: 'limit' },
}
const after: OwnArgument = {
  name: 'after',
  type: 'String',
  description: 'Resume behind the event with this cursor; left out: events from now on.',
  target: { to: 'after' },
}

/** Every operation becomes a field. `fields` gives each operationId its root field. */
export function planOperations(
  definition: ConnectorDefinition,
  fields: ReadonlyMap<string, string>,
  reader: ShapeReader,
  findings: Findings,
): readonly OperationPlan[] {
  return definition.operations.flatMap(operation => {
    const field = fields.get(operation.id)
    if (field === undefined) return []
    const root = rootOf(operation)
    const ownArguments = [connection]
    if (operation.role.role === 'action' && operation.nextLink !== null) ownArguments.push(limit)
    if (root === 'Subscription') ownArguments.push(after)
    const reserved = [...ownArguments.map(({ name }) => name), ...(root === 'Subscription' ? ['where'] : [])]
    return [
      {
        operation,
        field,
        root,
        ownArguments,
        arguments: planArguments(operation, reserved, reader, findings),
        ...(operation.role.role === 'action'
          ? planResult(operation, definition.schemas, reader)
          : planEvent(operation, reader)),
      },
    ]
  })
}

/** A webhook action is called, and answered once by its callback (connector-format §5.1): a mutation. */
function rootOf({ role, safe }: OperationDefinition): CompiledOperation['root'] {
  if (role.role === 'action') return safe ? 'Query' : 'Mutation'
  return role.role === 'webhook' && role.once ? 'Mutation' : 'Subscription'
}

/** True for what has events: a trigger, and a webhook action, whose callback is its one event. */
export function hasEvents({ root, result }: Pick<OperationPlan, 'root' | 'result'>): boolean {
  return root === 'Subscription' || result === 'feed'
}

/** What one event carries. */
function planEvent(
  operation: OperationDefinition,
  reader: ShapeReader,
): Pick<OperationPlan, 'result' | 'output'> {
  const place = {
    name: `${upperCamel(operation.id)}EventData`,
    key: `operation:${keyPart(operation.id)}/event`,
    origin: originOf(operation),
  }
  return {
    result: operation.role.role === 'webhook' && operation.role.once ? 'feed' : 'value',
    output: operation.event ? reader.output(operation.event, place) : scalar('JSON'),
  }
}

function planResult(
  operation: OperationDefinition,
  schemas: ConnectorDefinition['schemas'],
  reader: ShapeReader,
): Pick<OperationPlan, 'result' | 'output'> {
  const { id, response } = operation
  if (!response) return { result: 'nothing', output: scalar('Boolean') }
  if (isBinary(response, schemas)) return { result: 'file', output: scalar('File') }
  const place = {
    name: `${upperCamel(id)}Response`,
    key: `operation:${keyPart(id)}/response`,
    origin: originOf(operation),
  }
  return { result: 'value', output: reader.output(response, place) }
}

function isBinary(schema: Schema, schemas: ConnectorDefinition['schemas']): boolean {
  const content = contentOf(schema, schemas)
  return content?.type === 'string' && content.format === 'binary'
}
