// A connection's parameters, read into what to open. The names are those of apiProperties.json.
import { z } from 'zod'
import type { WebappContext } from '../../src/hosting/webapp.ts'
import { SqlProblem } from './problem.ts'

export interface ServerTarget {
  readonly engine: 'postgres' | 'mysql'
  readonly host: string
  readonly port: number
  readonly database: string
  readonly username: string
  readonly password: string
  /** `verify`: encrypted, and the certificate must be the server's; `require`: encrypted, whoever answers. */
  readonly ssl: 'disable' | 'require' | 'verify'
}

export type Target =
  | ServerTarget
  | { readonly engine: 'sqlite'; readonly file: string }
  | { readonly engine: 'sample' }

const server = (port: number) =>
  z.object({
    host: z.string().min(1),
    port: z.coerce.number().int().min(1).max(65_535).default(port),
    database: z.string().min(1),
    username: z.string().min(1),
    password: z.string().default(''),
    ssl: z.enum(['disable', 'require', 'verify']).default('disable'),
  })

const sets = {
  sample: z.object({}).transform((): Target => ({ engine: 'sample' })),
  sqlite: z
    .object({
      // A plain name: no folders, and no leading dot, so that nothing but databases can be meant.
      file: z
        .string()
        .regex(
          /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/,
          'must be a file name of letters, digits, dots, dashes and underscores',
        ),
    })
    .transform(({ file }): Target => ({ engine: 'sqlite', file })),
  postgres: server(5432).transform((values): Target => ({ engine: 'postgres', ...values })),
  mysql: server(3306).transform((values): Target => ({ engine: 'mysql', ...values })),
}

/** Throws SqlProblem naming the parameter at fault; values are never shown. */
export function readTarget(connection: WebappContext['connection']): Target {
  if (!connection)
    throw new SqlProblem(401, 'ConnectionRequired', 'Calls to this connector need a connection.')
  const { authentication, parameters } = connection
  if (!isKnown(authentication))
    throw new SqlProblem(
      400,
      'ConnectionInvalid',
      `A connection is one of ${Object.keys(sets).join(', ')}, not "${authentication}".`,
    )
  const given = Object.fromEntries(
    Object.entries(parameters).filter(([, value]) => value !== null && value !== ''),
  )
  const parsed = sets[authentication].safeParse(given)
  if (parsed.success) return parsed.data
  const sentences = parsed.error.issues.map(({ path, message }) => `Parameter ${path.join('.')}: ${message}.`)
  throw new SqlProblem(400, 'ConnectionInvalid', sentences.join(' '))
}

function isKnown(name: string): name is keyof typeof sets {
  return Object.hasOwn(sets, name)
}
