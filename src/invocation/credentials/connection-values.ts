// The values of a connection by name, as credentials and policies read them.
import type { OpenConnection } from '../../connections/index.ts'
import { textOf } from '../request/argument-values.ts'

/** A parameter or secret as text; names match exactly, then without regard to case (connector-format §4.4). */
export function connectionValue(connection: OpenConnection | null, name: string): string | undefined {
  if (!connection) return undefined
  return secretValue(connection, name) ?? plainValue(connection, name)
}

function secretValue({ secrets }: OpenConnection, name: string): string | undefined {
  return secrets[keyOf(secrets, name)]?.reveal()
}

function plainValue({ parameters }: OpenConnection, name: string): string | undefined {
  const value = parameters[keyOf(parameters, name)]
  return value === undefined || value === null ? undefined : textOf(value)
}

function keyOf(values: Readonly<Record<string, unknown>>, name: string): string {
  if (Object.hasOwn(values, name)) return name
  const folded = name.toLowerCase()
  return Object.keys(values).find(key => key.toLowerCase() === folded) ?? ''
}
