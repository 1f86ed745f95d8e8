// Conditional polls: the ETag of an answer, sent with the next call where that is the same call.
import type { InvocationResult } from '../../invocation/index.ts'
import { isJsonObject, type Json, type JsonObject } from '../../json.ts'
import { fingerprint } from './answer.ts'
import type { PollCall, PollContext } from './contract.ts'

/** As it is stored: an ETag means something for its own call only. */
export interface Validator extends JsonObject {
  readonly call: string
  readonly etag: string
}

/** The call with its condition, where the last answer to it had an ETag. GET only: what is posted may do something. */
export function conditional({ trigger }: PollContext, call: PollCall, stored: Json | undefined): PollCall {
  const validator = readValidator(stored)
  const isSame = validator?.call === nameOf(call) && trigger.operation.method === 'GET'
  return isSame ? { ...call, ifNoneMatch: validator.etag } : call
}

export function isUnchanged({ status }: InvocationResult): boolean {
  return status === 304
}

/** What to store of an answer; nothing where it has no ETag. */
export function validatorOf(call: PollCall, { headers }: InvocationResult): { validator?: Validator } {
  const { etag } = headers
  return etag === undefined ? {} : { validator: { call: nameOf(call), etag } }
}

function nameOf({ url, query = {} }: PollCall): string {
  return fingerprint(url ?? null, query)
}

function readValidator(stored: Json | undefined): Validator | null {
  if (!isJsonObject(stored)) return null
  const { call, etag } = stored
  return typeof call === 'string' && typeof etag === 'string' ? { call, etag } : null
}
