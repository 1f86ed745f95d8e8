const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

/**
 * Origins whose pages may send the session cookie: the public URL's own, and its other loopback names where it is a
 * loopback one, because people type either.
 */
export function trustedOrigins(publicUrl: string): string[] {
  const { protocol, hostname, port, origin } = new URL(publicUrl)
  if (!loopbackNames.includes(hostname)) return [origin]
  return loopbackNames.map(name => new URL(`${protocol}//${name}${port ? `:${port}` : ''}`).origin)
}
