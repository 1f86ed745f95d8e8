// Limits on what one GraphQL document may ask (connector-platforms G1, G2).
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives'
import {
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'

/** Tokens of one document; the parser stops there. */
export const maxTokens = 10_000

export const maxRootFields = 30

/** Counted with fragments spread, so that a fragment used twice counts twice; each is looked into once. */
const rootFieldsRule: ValidationRule = context => {
  const counted = new Map<string, number>()

  const inFragment = (name: string): number => {
    const known = counted.get(name)
    if (known !== undefined) return known
    // A fragment that comes back to itself is another rule's matter.
    counted.set(name, 0)
    const fragment = context.getFragment(name)
    const count = fragment ? inSelections(fragment.selectionSet) : 0
    counted.set(name, count)
    return count
  }

  const inSelections = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1
      return (
        sum +
        (selection.kind === Kind.INLINE_FRAGMENT
          ? inSelections(selection.selectionSet)
          : inFragment(selection.name.value))
      )
    }, 0)

  return {
    OperationDefinition(operation) {
      if (inSelections(operation.selectionSet) <= maxRootFields) return
      context.reportError(
        new GraphQLError(
          `The operation has more root fields than the limit of ${maxRootFields}; ask in several requests.`,
          {
            nodes: operation,
            extensions: { code: 'LIMIT_EXCEEDED' },
          },
        ),
      )
    },
  }
}

/** The library reports a refusal to handlers; thrown, it would pass for a syntax error. */
const report = {
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, error: GraphQLError) =>
      context?.reportError(
        new GraphQLError(error.message.replace(/^Syntax Error: /, ''), {
          extensions: { code: 'LIMIT_EXCEEDED' },
        }),
      ),
  ],
}

/** Rules beside the specified ones. Introspection's own depth does not count. */
export const limitRules: readonly ValidationRule[] = [
  rootFieldsRule,
  maxDepthRule({ n: 15, flattenFragments: true, ignoreIntrospection: true, ...report }),
  maxAliasesRule({ n: 50, ...report }),
  maxDirectivesRule({ n: 50, ...report }),
]
