// What compiling a connector yields: data only, so that it can be stored, diffed and made executable later.
import type { ParameterDefinition } from '../definition/index.ts'

/** Where a GraphQL argument's value goes. */
export type ArgumentTarget =
  | { readonly to: 'parameter'; readonly in: ParameterDefinition['in']; readonly name: string }
  | { readonly to: 'body' }
  /** Connection id or name. */
  | { readonly to: 'connection' }
  /** x-ms-pageable: at most so many items. */
  | { readonly to: 'limit' }
  /** Triggers: resume behind this cursor. */
  | { readonly to: 'after' }
  /** Triggers: only events that match. */
  | { readonly to: 'where' }

export interface CompiledOperation {
  /** Root field, such as `github_listIssues`. */
  readonly field: string
  readonly root: 'Query' | 'Mutation' | 'Subscription'
  readonly operationId: string
  /** By argument name. */
  readonly arguments: Readonly<Record<string, ArgumentTarget>>
  /** Argument name → the input type's name, only for arguments whose members need their wire names back. */
  readonly inputTypes: Readonly<Record<string, string>>
  /**
   * How the upstream value becomes the field's: `value` as it is; `nothing` for an operation without a response
   * (the field is Boolean, true on success); `file` for bytes. `feed`: a webhook action, whose callback is the one
   * event of the feed that it answers with; the subscription field of the same name, with the arguments `feed` and
   * `after`, is not in the table of operations.
   */
  readonly result: 'value' | 'nothing' | 'file' | 'feed'
  /** A GraphQL document that runs it, ready to paste. */
  readonly example: string
}

/** Bump when the same definition would compile to something else. */
export const compilerVersion = 6

export interface Artifact {
  readonly connector: string
  /** Hash of the definition it was compiled from. */
  readonly hash: string
  readonly compilerVersion: number
  /**
   * The connector's types as SDL, with `extend type Query|Mutation|Subscription`. It refers to what every slice
   * has: scalars DateTime, JSON, BigInt, Upload; types File, Feed; interface Event; the inputs StringFilter and its like. Everything else is prefixed `<connector>_`.
   */
  readonly sdl: string
  readonly operations: readonly CompiledOperation[]
  /** type → GraphQL field → property on the wire, only where they differ; output and input types alike. */
  readonly wireNames: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** input type → GraphQL field → its input type, only where something at or below that type is in `wireNames`. */
  readonly inputMembers: Readonly<Record<string, Readonly<Record<string, string>>>>
}
