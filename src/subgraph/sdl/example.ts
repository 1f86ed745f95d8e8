// A GraphQL document that runs an operation, ready to paste: what is required as variables, and leaves to look at.
import type { OperationPlan } from '../plan/operation-plan.ts'
import { type Shape, type TypePlan, typeOf } from '../plan/shape.ts'
import type { SubgraphText } from './print-subgraph.ts'

const keywords = { Query: 'query', Mutation: 'mutation', Subscription: 'subscription' } as const
const shownLeaves = 8
const shownBranches = 3
const shownDepth = 2

export function printExample(plan: OperationPlan, text: SubgraphText): string {
  const shown = plan.arguments.filter(
    ({ target, required, literal }) => target.to === 'body' || (required && literal === null),
  )
  const variables = shown.map(({ name }) => `$${name}: ${text.loaded.ofArgument(plan, name)}`)
  const values = shown.map(({ name }) => `${name}: $${name}`)
  const selection =
    plan.result === 'feed'
      ? ' {\n    id\n  }'
      : plan.root === 'Subscription'
        ? ` {\n    id\n    cursor\n    time\n    data${printSelection(plan.output, '    ')}\n  }`
        : printSelection(plan.output, '  ')
  return `${keywords[plan.root]}${listed(variables, ' (')} {\n  ${plan.field}${listed(values, '(')}${selection}\n}`
}

function printSelection(shape: Shape, indent: string): string {
  if (shape.kind === 'scalar') return shape.scalar === 'File' ? ' { contentType size url }' : ''
  const type = typeOf(shape)
  if (!type) return ''
  const lines = selectionOf(type, 1) ?? ['__typename']
  return ` {\n${lines.map(line => `${indent}  ${line}`).join('\n')}\n${indent}}`
}

/** Lines of a selection; null where there is no leaf within the depth. */
function selectionOf(type: TypePlan, depth: number): readonly string[] | null {
  const leaves = type.members.filter(({ shape }) => !typeOf(shape)).slice(0, shownLeaves)
  const lines = leaves.map(({ name }) => name)
  if (depth < shownDepth) lines.push(...branchesOf(type, depth))
  return lines.length > 0 ? lines : null
}

function branchesOf(type: TypePlan, depth: number): readonly string[] {
  const branches: string[][] = []
  for (const { name, shape } of type.members) {
    const branch = typeOf(shape)
    const lines = branch && branches.length < shownBranches ? selectionOf(branch, depth + 1) : null
    if (lines) branches.push([`${name} {`, ...lines.map(line => `  ${line}`), '}'])
  }
  return branches.flat()
}

function listed(parts: readonly string[], open: string): string {
  return parts.length === 0 ? '' : `${open}${parts.join(', ')})`
}
