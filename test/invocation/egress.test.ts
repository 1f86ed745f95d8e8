// The egress guard: which addresses, in every spelling, and that the address checked is the address connected to.
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Address, createEgressGuard } from '../../src/invocation/egress/guard.ts'
import { definition, invocation, operation } from './definitions.ts'
import { failureOf, openInvoker } from './open-invoker.ts'
import { startUpstream } from './upstream-server.ts'

const call = operation()

const refusedLiterals = [
  // loopback, in every spelling that URL parsers and resolvers know
  '127.0.0.1',
  '127.255.255.254',
  '127.1',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '0x7f000001',
  '2130706433',
  '017700000001',
  '127.0.0.1.',
  '0x7F.1',
  '１２７.０.０.１',
  '127。0。0。1',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::FFFF:7f00:1]',
  '[::127.0.0.1]',
  // unspecified and this network
  '0',
  '0.0.0.0',
  '0.1.2.3',
  '[::]',
  // private, shared and unique local
  '10.0.0.1',
  '10.255.255.255',
  '012.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '3232235521',
  '100.64.0.1',
  '100.127.255.254',
  '[fc00::1]',
  '[fdff:ffff::1]',
  '[::ffff:10.0.0.1]',
  // link-local and metadata services
  '169.254.169.254',
  '0xA9FEA9FE',
  '169.254.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '[fe80::1]',
  '[febf::1]',
  '[fd00:ec2::254]',
  '[::ffff:169.254.169.254]',
  // multicast, broadcast, reserved, documentation, benchmarks
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '192.88.99.1',
  '[ff02::1]',
  '[2001:db8::1]',
  '[100::1]',
  '[fec0::1]',
  // tunnels and translations
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::1]',
  '[2002:7f00:1::]',
  '[2001::1]',
  '[::ffff:0:127.0.0.1]',
  '[::ffff:8.8.8.8]',
]

describe('literal addresses', () => {
  test.each(refusedLiterals)('http://%s is refused', async host => {
    await using opened = openInvoker({
      resolve: () => Promise.reject(new Error('a literal is never looked up')),
    })
    const error = await failureOf(opened.invoker.call(invocation(definition(`http://${host}:9`), call)))
    expect(error.code).toBe('EGRESS_REFUSED')
    expect(error.message).toMatch(/JUNCTOR_ALLOW_PRIVATE/)
    expect(error.details).toMatchObject({ connector: 'demo', operation: 'Call' })
  })

  test.each(['169.254.169.254', '[fe80::1]', '224.0.0.1', '0.0.0.0', '[64:ff9b::7f00:1]', '[fd00:ec2::254]'])(
    '%s is refused even where it is allowed by name',
    async host => {
      await using opened = openInvoker({ allowPrivate: [`http://${host}:9`] })
      const error = await failureOf(opened.invoker.call(invocation(definition(`http://${host}:9`), call)))
      expect(error.code).toBe('EGRESS_REFUSED')
    },
  )

  test('every address of the private IPv4 blocks is refused', () => {
    const guard = createEgressGuard({ allowPrivate: [] })
    const octet = fc.integer({ min: 0, max: 255 })
    const blocks = fc.oneof(
      fc.tuple(fc.constant(10), octet, octet, octet),
      fc.tuple(fc.constant(127), octet, octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
      fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
    )
    fc.assert(
      fc.property(blocks, block => {
        const v4 = block.join('.')
        for (const host of [v4, `::ffff:${v4}`, `64:ff9b::${v4}`])
          expect(() => guard.check({ scheme: 'https', host, port: 443 })).toThrow(
            /never calls|private address/,
          )
      }),
    )
  })

  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '172.15.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('%s is public', host => {
    createEgressGuard({ allowPrivate: [] }).check({ scheme: 'https', host, port: 443 })
  })
})

describe('names', () => {
  const addresses = (...list: string[]) =>
    list.map(address => ({ address, family: address.includes(':') ? 6 : 4 }))

  test('one private address among public ones is enough to refuse', async () => {
    await using opened = openInvoker({ resolve: async () => addresses('93.184.216.34', '10.0.0.1') })
    const error = await failureOf(opened.invoker.call(invocation(definition('https://mixed.example'), call)))
    expect(error.code).toBe('EGRESS_REFUSED')
    expect(error.message).toContain('add https://mixed.example to JUNCTOR_ALLOW_PRIVATE')
    expect(error.message).not.toContain('10.0.0.1')
  })

  test('localhost and its kin are refused through the real resolver', async () => {
    await using opened = openInvoker()
    for (const host of ['localhost', 'LOCALHOST'])
      expect(
        (await failureOf(opened.invoker.call(invocation(definition(`http://${host}:9`), call)))).code,
      ).toBe('EGRESS_REFUSED')
  })

  test('a name is asked once for each connection: a second, other answer cannot replace the first', async () => {
    await using upstream = await startUpstream()
    const { port } = new URL(upstream.origin)
    const asked: string[] = []
    const answers = [addresses('127.0.0.1'), addresses('169.254.169.254')]
    await using opened = openInvoker({
      allowPrivate: [`http://rebinding.example:${port}`],
      resolve: async host => {
        asked.push(host)
        return answers.shift() ?? []
      },
    })
    const about = definition(`http://rebinding.example:${port}`)
    upstream.answer = (_request, response) => response.writeHead(200, { connection: 'close' }).end('{}')
    expect((await opened.invoker.call(invocation(about, call))).status).toBe(200)
    expect(asked).toEqual(['rebinding.example'])
    // The connection is gone; the next one is checked anew, and finds the rebound address.
    expect((await failureOf(opened.invoker.call(invocation(about, call)))).code).toBe('EGRESS_REFUSED')
  })

  test('a name without an address is unreachable, not refused', async () => {
    await using opened = openInvoker({ resolve: async () => [] as Address[] })
    expect(
      (await failureOf(opened.invoker.call(invocation(definition('https://none.example'), call)))).code,
    ).toBe('UPSTREAM_UNREACHABLE')
  })
})

describe('allowances', () => {
  test('hold for one scheme, host and port only', async () => {
    await using upstream = await startUpstream()
    const { port } = new URL(upstream.origin)
    const outcome = async (allowPrivate: string) => {
      await using opened = openInvoker({ allowPrivate: [allowPrivate] })
      return await opened.invoker.call(invocation(definition(upstream.origin), call)).then(
        ({ status }) => status,
        error => error.code,
      )
    }
    expect(await outcome(`http://127.0.0.1:${port}`)).toBe(200)
    expect(await outcome(`HTTP://127.1:${port}/`)).toBe(200)
    expect(await outcome(`tcp://127.0.0.1:${port}`)).toBe(200)
    expect(await outcome(`https://127.0.0.1:${port}`)).toBe('EGRESS_REFUSED')
    expect(await outcome(`http://127.0.0.1:${Number(port) + 1}`)).toBe('EGRESS_REFUSED')
    expect(await outcome(`http://localhost:${port}`)).toBe('EGRESS_REFUSED')
  })

  test('only http and https are called', async () => {
    await using opened = openInvoker({ allowPrivate: ['ftp://127.0.0.1:21'] })
    for (const base of ['ftp://127.0.0.1:21', 'file:///etc', 'unix://x']) {
      const error = await failureOf(opened.invoker.call(invocation(definition(base), call)))
      expect(error.code).toBe('EGRESS_REFUSED')
    }
  })
})

describe('TCP for webapps', () => {
  test('a private target needs its own allowance, whose scheme counts', async () => {
    const server = createServer(socket => socket.end('hello'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const target = { scheme: 'postgres', host: '127.0.0.1', port }
    try {
      const connected = async (...allowPrivate: string[]) => {
        const socket = await createEgressGuard({ allowPrivate }).connect(target)
        const [greeting] = await once(socket, 'data')
        socket.destroy()
        return String(greeting)
      }
      expect(await connected(`postgres://127.0.0.1:${port}`)).toBe('hello')
      expect(await connected(`tcp://127.0.0.1:${port}`)).toBe('hello')
      for (const allowed of [[], [`mysql://127.0.0.1:${port}`], [`postgres://127.0.0.1:${port - 1}`]]) {
        const error = await failureOf(connected(...allowed))
        expect(error.code).toBe('EGRESS_REFUSED')
        expect(error.message).toContain(`add postgres://127.0.0.1:${port} to JUNCTOR_ALLOW_PRIVATE`)
      }
    } finally {
      server.close()
    }
  })

  test('a closed port is unreachable, and odd spellings of loopback are refused', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const guard = createEgressGuard({ allowPrivate: [`tcp://127.0.0.1:${port}`] })
    expect((await failureOf(guard.connect({ scheme: 'ssh', host: '127.0.0.1', port }))).code).toBe(
      'UPSTREAM_UNREACHABLE',
    )
    for (const host of ['0x7f.1', '2130706433', 'localhost', '::1'])
      expect((await failureOf(guard.connect({ scheme: 'ssh', host, port }))).code).toBe('EGRESS_REFUSED')
  })
})

describe('substitutes', () => {
  test('an exact origin wins over the star, and the original is named in headers', async () => {
    await using exact = await startUpstream()
    await using other = await startUpstream()
    await using opened = openInvoker({
      origins: [
        { from: '*', to: other.origin },
        { from: 'https://api.example.com', to: exact.origin },
      ],
    })
    const result = await opened.invoker.call(invocation(definition('https://api.example.com/v1'), call))
    expect(result.url.href).toBe('https://api.example.com/v1/call')
    expect(exact.last().headers).toMatchObject({
      'x-forwarded-host': 'api.example.com',
      'x-forwarded-proto': 'https',
    })
    expect(exact.last().target).toBe('/v1/call')
    await opened.invoker.call(invocation(definition('http://10.0.0.1:8080'), call))
    expect(other.last().headers).toMatchObject({
      'x-forwarded-host': '10.0.0.1:8080',
      'x-forwarded-proto': 'http',
    })
    expect([exact.seen.length, other.seen.length]).toEqual([1, 1])
  })

  test('a link that names the substitute means the original', async () => {
    await using upstream = await startUpstream()
    await using opened = openInvoker({ origins: [{ from: '*', to: upstream.origin }] })
    const about = definition('https://api.example.com')
    const result = await opened.invoker.call(
      invocation(about, call, { url: `${upstream.origin}/next?page=2` }),
    )
    expect(result.url.href).toBe('https://api.example.com/next?page=2')
  })
})
