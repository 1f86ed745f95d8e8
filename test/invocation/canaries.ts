// Planted secrets, every form in which somebody could read them, and everything that somebody may read.
import { Writable } from 'node:stream'
import { inspect } from 'node:util'
import { GraphQLError } from 'graphql'
import type { OpenConnection } from '../../src/connections/index.ts'
import type { JunctorError } from '../../src/errors.ts'
import { createErrorPresenter, formatError } from '../../src/gateway/errors.ts'
import { exactReplacer } from '../../src/json.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { authentication, connection } from './definitions.ts'
import type { OpenedInvoker } from './open-invoker.ts'

export const canary = 'cAnARY-5ecrßt/+&="\\ü!('

/** Every form in which the canary could be read by somebody. */
export const forms = [
  canary,
  encodeURIComponent(canary),
  encodeURIComponent(encodeURIComponent(canary)),
  Buffer.from(canary).toString('base64'),
  Buffer.from(canary).toString('base64url'),
  Buffer.from(`robot:${canary}`).toString('base64'),
  JSON.stringify(canary).slice(1, -1),
]

/** Too little to find in an answer, and enough to tell that one was cut in the middle. */
const beginning = canary.slice(0, 12)

const placed = authentication('API_KEY', [
  { in: 'query', name: 'k', parameter: 'api_key' },
  { in: 'header', name: 'X-Key', parameter: 'api_key' },
])

/** A connection of each kind that holds the canary. */
export const canaryConnections: Readonly<Record<string, OpenConnection>> = {
  'API key': connection(placed, { api_key: canary }),
  'API key typed with its scheme': connection(placed, { api_key: `Bearer ${canary}` }),
  'API key typed with spaces': connection(placed, { api_key: ` ${canary} ` }),
  'API key that is not called secret': connection(placed, {}, { parameters: { api_key: canary } }),
  Basic: connection(authentication('BASIC'), { username: 'robot', password: canary }),
  bearer: connection(authentication('OAUTH2_CODE'), { token: canary }),
  custom: connection(authentication('CUSTOM'), { api_key: canary }),
}

/** All that a caller and an operator see of a failed call: the response, log lines, metrics, the error itself. */
export async function shownOf(error: JunctorError, opened: OpenedInvoker): Promise<string> {
  const lines: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const present = createErrorPresenter(createLogger('trace', destination))
  const response = formatError(
    present(new GraphQLError(error.message, { originalError: error, path: ['demo_call'] })),
  )
  return [
    JSON.stringify(response, exactReplacer),
    ...strings(response),
    inspect(error, { depth: 20, showHidden: true }),
    error.stack,
    ...lines,
    opened.log(),
    await opened.metrics.registry.metrics(),
  ].join('\n')
}

/** The forms of the canary that the text holds. */
export function leaksIn(shown: string): string[] {
  return [...forms, beginning].filter(form => shown.includes(form))
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => [name, ...strings(member)])
}
