// TLS through the guarded connector: certificates are checked against the name that was asked for.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InvokerOptions } from '../../src/invocation/index.ts'
import { requirement } from '../harness/requirement.ts'
import { canaryConnections, leaksIn, shownOf } from './canaries.ts'
import { authentication, connection, definition, invocation, operation, policy } from './definitions.ts'
import { failureOf, openInvoker } from './open-invoker.ts'

const folder = mkdtempSync(join(tmpdir(), 'junctor-tls-'))
const made = requirement('the openssl program', makeCertificate())

describe.runIf(made)('https', () => {
  let server: Server
  let port: number
  beforeAll(async () => {
    const [key, cert] = ['key.pem', 'cert.pem'].map(name => readFileSync(join(folder, name)))
    server = createServer({ key: key!, cert: cert! }, (request, response) =>
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ host: request.headers.host })),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })

  const means = (host: string): Partial<InvokerOptions> => ({
    allowPrivate: [`https://${host}:${port}`],
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  })
  const call = async (host: string) => {
    await using opened = openInvoker(means(host))
    return await opened.invoker.call(invocation(definition(`https://${host}:${port}`), operation()))
  }

  test('a certificate that nobody vouches for is refused', async () => {
    const error = await failureOf(call('api.junctor.test'))
    expect([error.code, error.message]).toEqual([
      'UPSTREAM_UNREACHABLE',
      expect.stringContaining('its certificate is self-signed'),
    ])
  })

  test('a secret is in nothing that is shown of a certificate that fails', async () => {
    for (const open of Object.values(canaryConnections)) {
      await using opened = openInvoker(means('api.junctor.test'))
      const about = definition(`https://api.junctor.test:${port}`)
      const error = await failureOf(opened.invoker.call(invocation(about, operation(), { connection: open })))
      expect(error.code).toBe('UPSTREAM_UNREACHABLE')
      expect(leaksIn(await shownOf(error, opened))).toEqual([])
    }
  })

  test('a trusted one is accepted for its own name only', async () => {
    setDefaultCACertificates([
      ...getCACertificates('default'),
      readFileSync(join(folder, 'cert.pem'), 'utf8'),
    ])
    expect((await call('api.junctor.test')).body).toEqual({ host: `api.junctor.test:${port}` })
    const error = await failureOf(call('other.junctor.test'))
    expect(error.message).toContain('its certificate is for another name')
  })

  test('a host made from a secret is in nothing that is shown of a certificate for another name', async () => {
    await using opened = openInvoker(means('secret-canary.junctor.test'))
    const host = policy('dynamichosturl', {
      urlTemplate: `https://@connectionParameters('sub').junctor.test:${port}`,
    })
    const about = definition('https://x.example', { policies: [host] })
    const open = connection(authentication('CUSTOM'), { sub: 'secret-canary' })
    const error = await failureOf(opened.invoker.call(invocation(about, operation(), { connection: open })))
    expect(error.message).toContain('its certificate is for another name')
    expect((await shownOf(error, opened)).match(/.*secret-canary.*/gi)).toBeNull()
  })
})

/** A self-signed certificate for api.junctor.test; false where there is no openssl. */
function makeCertificate(): boolean {
  const subject = ['-subj', '/CN=api.junctor.test', '-addext', 'subjectAltName=DNS:api.junctor.test']
  const output = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  try {
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...output],
      {
        stdio: 'ignore',
      },
    )
    return true
  } catch {
    return false
  }
}
