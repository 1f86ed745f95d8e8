// Origins as the guard compares them: scheme, host and port, each in one spelling.

/** Where a connection goes. `scheme` without a colon; `host` without brackets. */
export interface Target {
  readonly scheme: string
  readonly host: string
  readonly port: number
}

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** The target of a URL such as `https://api.example.com` or `postgres://127.0.0.1:5432`. */
export function targetOf(url: URL): Target {
  const scheme = url.protocol.slice(0, -1)
  return normalised({ scheme, host: url.hostname, port: Number(url.port) || (defaultPorts[scheme] ?? 0) })
}

/** One spelling for each target: lower case, no brackets, no trailing dot. */
export function normalised(target: Target): Target {
  return {
    scheme: target.scheme.toLowerCase().replace(/:$/, ''),
    host: target.host
      .toLowerCase()
      .replace(/^\[(.*)\]$/, '$1')
      .replace(/\.$/, ''),
    port: target.port,
  }
}

/** The target as an operator writes it in JUNCTOR_ALLOW_PRIVATE. */
export function printTarget({ scheme, host, port }: Target): string {
  const shown = host.includes(':') ? `[${host}]` : host
  return defaultPorts[scheme] === port ? `${scheme}://${shown}` : `${scheme}://${shown}:${port}`
}

/** True where an allowed origin covers the target; `tcp` covers every scheme. */
export function covers(allowed: Target, target: Target): boolean {
  return (
    allowed.host === target.host &&
    allowed.port === target.port &&
    (allowed.scheme === target.scheme || allowed.scheme === 'tcp')
  )
}
