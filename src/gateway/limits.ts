// Limits on what one GraphQL document may ask (connector-platforms G1, G2).
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives'
import { GraphQLError, Kind, type ValidationContext, type ValidationRule } from 'graphql'

/** Tokens of one document; the parser stops there. */
export const maxTokens = 10_000

const maxRootFields = 30

/** Counted with fragments spread, so that a fragment used twice counts twice. */
const rootFieldsRule: ValidationRule = context => ({
  OperationDefinition(operation) {
    const count = (set: typeof operation.selectionSet, path: readonly string[]): number =>
      set.selections.reduce((sum, selection) => {
        if (selection.kind === Kind.FIELD) return sum + 1
        if (selection.kind === Kind.INLINE_FRAGMENT) return sum + count(selection.selectionSet, path)
        const name = selection.name.value
        const fragment = path.includes(name) ? null : context.getFragment(name)
        return sum + (fragment ? count(fragment.selectionSet, [...path, name]) : 0)
      }, 0)
    const found = count(operation.selectionSet, [])
    if (found > maxRootFields)
      context.reportError(
        new GraphQLError(`The operation has ${found} root fields; at most ${maxRootFields} are allowed.`, {
          nodes: operation,
          extensions: { code: 'LIMIT_EXCEEDED' },
        }),
      )
  },
})

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
