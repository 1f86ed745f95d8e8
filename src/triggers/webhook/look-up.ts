// Whether an API has an operation that reads what lives at a URL: only then does asking there say something.
import type { ConnectorDefinition } from '../../definition/index.ts'

/** True where a GET operation of the connector has the URL's path as one of its own. */
export function canLookUp({ baseUrl, operations }: ConnectorDefinition, location: string): boolean {
  if (!URL.canParse(location)) return false
  const { pathname } = new URL(location)
  return operations.some(
    ({ method, path, role, baseUrl: own = baseUrl }) =>
      method === 'GET' && role.role === 'action' && path.includes('{') && pattern(own, path).test(pathname),
  )
}

function pattern(baseUrl: string, path: string): RegExp {
  const base = URL.canParse(baseUrl) ? new URL(baseUrl).pathname.replace(/\/$/, '') : ''
  const literal = `${base}${path}`.split(/\{[^}]*\}/).map(part => RegExp.escape(part))
  return new RegExp(`^${literal.join('[^/]+')}/?$`)
}
