// What a schema becomes in GraphQL, before it has names: a scalar, a list, or a type with members.
import type { OperationDefinition, Schema } from '../../definition/index.ts'

export type ScalarName =
  | 'String'
  | 'Int'
  | 'Float'
  | 'Boolean'
  | 'BigInt'
  | 'DateTime'
  | 'JSON'
  /** Bytes that the API answers. */
  | 'File'
  /** Bytes that the API takes. */
  | 'Upload'

export type Shape =
  | { readonly kind: 'scalar'; readonly scalar: ScalarName }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'object'; readonly type: TypePlan }

export type Direction = 'output' | 'input'

/** Where in the document something comes from: a named schema, or what an operation has inline. */
export interface Origin {
  readonly pointer: string
  readonly operation?: string
}

export interface TypePlan {
  /** Where it comes from; unique, and the same in any order of the document. */
  readonly key: string
  readonly direction: Direction
  /** The name it would like, without the connector's prefix. */
  readonly wantedName: string
  readonly schema: Schema
  readonly origin: Origin
  /** Filled after the type is known, because a member may be of the type itself. */
  readonly members: MemberPlan[]
}

/** A member or an argument. What a caller must give is settled last, when every type is known. */
export interface ValuePlan {
  readonly name: string
  readonly shape: Shape
  readonly schema: Schema
  /** Always false for answers. */
  required: boolean
  /** The default as GraphQL has it: only what is required falls back to its default (connector-format §2.2). */
  literal: string | null
}

export interface MemberPlan extends ValuePlan {
  readonly wire: string
}

/** What an operation itself has. */
export function originOf({ id, pointer }: OperationDefinition): Origin {
  return { pointer, operation: id }
}

export function scalar(name: ScalarName): Shape {
  return { kind: 'scalar', scalar: name }
}

/** True for bytes, and lists of them. */
export function isUpload(shape: Shape): boolean {
  return shape.kind === 'list' ? isUpload(shape.of) : shape.kind === 'scalar' && shape.scalar === 'Upload'
}

/** As the shape, with text in place of bytes: an address and a header have no room for a file. */
export function withoutUpload(shape: Shape): Shape {
  if (!isUpload(shape)) return shape
  return shape.kind === 'list' ? { kind: 'list', of: withoutUpload(shape.of) } : scalar('String')
}

/** The type at the bottom of lists; null where that is a scalar. */
export function typeOf(shape: Shape): TypePlan | null {
  if (shape.kind === 'list') return typeOf(shape.of)
  return shape.kind === 'object' ? shape.type : null
}
