// All that can be said of a request that reached the upstream.
import { checkAddress, checkHeaders, checkQuery } from './check-arrival.ts'
import { checkBody } from './check-body.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import { decodedRequest } from './decoded-request.ts'
import { type FoundFault, found } from './faults.ts'
import type { ReceivedRequest } from './received-request.ts'
import type { SchemaJudge } from './schema-check.ts'
import { straySecrets } from './stray-secrets.ts'
import type { WantedRequest } from './wanted-request.ts'

export interface Expectation {
  readonly operation: DeclaredOperation
  readonly wanted: WantedRequest
  /** Values of the connection that must be only where they belong. */
  readonly secrets: readonly string[]
  /** A policy writes into the body, which is then no longer what the caller gave or the schema says. */
  readonly isRewritten: boolean
}

export function checkRequest(
  received: ReceivedRequest,
  { operation, wanted, secrets, isRewritten }: Expectation,
  judge: SchemaJudge,
): readonly FoundFault[] {
  const names = new Set([...wanted.headers].flatMap(([name, value]) => (isSecret(value) ? [name] : [])))
  const isOfSecret = (detail: string) => names.has(detail.split(':')[0] ?? '') || isSecret(detail)
  const placed = [...checkHeaders(received, wanted), ...checkQuery(received, wanted)]
  const decoded = decodedRequest(received, operation, wanted)
  const sentences = judge.judge(operation, isRewritten ? { ...decoded, body: undefined } : decoded)
  return [
    ...found(
      'credential',
      placed.filter(({ detail }) => isOfSecret(detail)),
    ),
    ...found('credential', straySecrets(received, wanted, secrets)),
    ...found('arrival', checkAddress(received, wanted)),
    ...found(
      'arrival',
      placed.filter(({ detail }) => !isOfSecret(detail)),
    ),
    ...found('arrival', isRewritten ? [] : checkBody(received, wanted, operation.consumes)),
    ...found(
      'request',
      sentences.map(detail => ({ kind: kindOf(detail), detail })),
    ),
  ]
}

function isSecret(text: string): boolean {
  return /canary\d+value|^Basic /.test(text)
}

/** The place and the keyword, so that one cause is one class. */
function kindOf(sentence: string): string {
  const [place = ''] = sentence.split(/[/ ]/)
  return `invalid ${place} ${/ (\w+):/.exec(sentence)?.[1]}`
}
