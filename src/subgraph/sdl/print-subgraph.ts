// Plan and loaded types → SDL. Sorted by name, so that a change in the API reads as a change in the text.
import type { LoadedTypes } from '../loader/load-types.ts'
import type { ArgumentPlan } from '../plan/argument-plan.ts'
import type { ConnectorPlan } from '../plan/connector-plan.ts'
import { compareText } from '../plan/names.ts'
import { hasEvents, type OperationPlan } from '../plan/operation-plan.ts'
import type { MemberPlan, TypePlan, ValuePlan } from '../plan/shape.ts'
import {
  describeArgument,
  describeInput,
  describeOperation,
  describeSchema,
  printDeprecation,
  printDescription,
} from './description.ts'
import { printFilter } from './print-filter.ts'

export interface SubgraphText {
  readonly plan: ConnectorPlan
  readonly loaded: LoadedTypes
}

const roots = ['Query', 'Mutation', 'Subscription'] as const

export function printSubgraph(text: SubgraphText): string {
  const extensions = roots.flatMap(root => {
    const fields = text.plan.operations.filter(operation => isAt(root, operation)).sort(byField)
    if (fields.length === 0) return []
    const printed = fields.map(field =>
      field.root === root ? printField(field, text) : printAnswerField(field, text),
    )
    return [`extend type ${root} {\n${printed.join('\n')}\n}`]
  })
  const types = [
    ...text.plan.operations
      .filter(hasEvents)
      .map(operation => [text.plan.eventNameOf(operation), printEvent(operation, text)] as const),
    ...text.plan.filters.types.map(
      type => [text.plan.filterNameOf(type), printFilter(type, text.plan)] as const,
    ),
    ...text.plan.types.map(type => [text.plan.nameOf(type), printType(type, text)] as const),
  ].sort(([a], [b]) => compareText(a, b))
  return [...extensions, ...types.map(([, sdl]) => sdl)].join('\n\n')
}

/** A webhook action has a field to call it, and one of the same name to read its answer. */
function isAt(root: (typeof roots)[number], operation: OperationPlan): boolean {
  return operation.root === root || (root === 'Subscription' && operation.result === 'feed')
}

/** The field's type: the loaded one, or the event's where the operation is a trigger. */
function fieldType(operation: OperationPlan, { plan, loaded }: SubgraphText): string {
  if (operation.result === 'feed') return 'Feed!'
  return operation.root === 'Subscription' ? `${plan.eventNameOf(operation)}!` : loaded.ofResult(operation)
}

function printField(plan: OperationPlan, text: SubgraphText): string {
  const [connection, ...others] = plan.ownArguments.map(
    ({ name, type, description }) => `${printDescription(description, '    ')}    ${name}: ${type}`,
  )
  const declared = plan.arguments.map(argument => printArgument(plan, argument, text))
  const list = [connection, ...declared, ...others, ...printWhere(plan, text)].join('\n')
  const description = printDescription(describeOperation(plan.operation), '  ')
  const deprecation = printDeprecation(plan.operation.deprecated)
  return `${description}  ${plan.field}(\n${list}\n  ): ${fieldType(plan, text)}${deprecation}`
}

/** Where the answer to a webhook action is read, typed, now or later. */
function printAnswerField(answered: OperationPlan, { plan }: SubgraphText): string {
  const { field, operation } = answered
  const { summary = operation.id, deprecated } = operation
  const description = printDescription(`The answer to ${field}: ${summary}. Ends after its one event.`, '  ')
  const feed = printDescription('Id of the feed that the mutation answered with.', '    ')
  const after = printDescription(
    'Resume behind the event with this cursor; left out: from the beginning.',
    '    ',
  )
  return `${description}  ${field}(\n${feed}    feed: ID!\n${after}    after: String\n  ): ${plan.eventNameOf(answered)}!${printDeprecation(deprecated)}`
}

function printWhere(operation: OperationPlan, { plan }: SubgraphText): readonly string[] {
  const type = plan.filters.ofTrigger(operation)
  if (!type) return []
  const description = printDescription('Only events whose data matches.', '    ')
  return [`${description}    where: ${plan.filterNameOf(type)}`]
}

function printArgument(plan: OperationPlan, argument: ArgumentPlan, { loaded }: SubgraphText): string {
  const description = printDescription(describeArgument(argument), '    ')
  return `${description}    ${printInput(argument, loaded.ofArgument(plan, argument.name))}`
}

/** `data` may be null: one notification that is not of the declared shape must not end a subscription. */
function printEvent(operation: OperationPlan, text: SubgraphText): string {
  const summary = operation.operation.summary ?? operation.operation.id
  const data = text.loaded.ofResult(operation)
  return `${printDescription(`An event of ${operation.field}: ${summary}`)}type ${text.plan.eventNameOf(operation)} implements Event {
  id: ID!
  cursor: String!
  time: DateTime!
  feed: Feed!
  data: ${data}
}`
}

function printType(type: TypePlan, text: SubgraphText): string {
  const keyword = type.direction === 'input' ? 'input' : 'type'
  const members = type.members.map(member => printMember(type, member, text))
  const description = printDescription(describeSchema(type.schema))
  return `${description}${keyword} ${text.plan.nameOf(type)} {\n${members.join('\n')}\n}`
}

function printMember(type: TypePlan, member: MemberPlan, { loaded }: SubgraphText): string {
  const text = loaded.ofMember(type, member)
  if (type.direction === 'input')
    return `${printDescription(describeInput(member), '  ')}  ${printInput(member, text)}`
  const description = printDescription(describeSchema(member.schema), '  ')
  return `${description}  ${member.name}: ${text}${printDeprecation(member.schema.deprecated)}`
}

/** What is required cannot be deprecated: nobody could follow (https://spec.graphql.org/draft/#sec--deprecated). */
function printInput({ name, schema, required, literal }: ValuePlan, type: string): string {
  const deprecated = schema.deprecated === true && (!required || literal !== null)
  return `${name}: ${type}${literal === null ? '' : ` = ${literal}`}${printDeprecation(deprecated)}`
}

function byField(a: OperationPlan, b: OperationPlan): number {
  return compareText(a.field, b.field)
}
