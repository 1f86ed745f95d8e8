// A secret that is anywhere but where it was to go.
import type { Fault } from './compare.ts'
import type { ReceivedRequest } from './received-request.ts'
import type { WantedRequest } from './wanted-request.ts'

export function straySecrets(
  received: ReceivedRequest,
  wanted: WantedRequest,
  secrets: readonly string[],
): readonly Fault[] {
  const { headers, base, path, query, body } = wanted
  const places: readonly (readonly [string, string, string])[] = [
    ['target', received.target, `${base}${path} ${query.flatMap(({ parts }) => parts).join(' ')} ${base}`],
    ['headers', JSON.stringify(received.headers), `${base} ${[...headers.values()].join(' ')}`],
    ['body', received.body.toString('latin1'), body.kind],
  ]
  return secrets.flatMap(secret =>
    places
      .filter(([, seen, wantedThere]) => seen.includes(secret) && !wantedThere.includes(secret))
      .map(([place]) => ({ kind: 'stray secret', detail: place })),
  )
}
