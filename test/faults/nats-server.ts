// A NATS of the test's own, that can be killed, stopped and started again; and the way of each hub to it, which can be cut.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { delimiter, join } from 'node:path'
import { freePort, waitFor } from '../harness/hub.ts'

/** Services' programs are not in everybody's path. */
const binary = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin']
  .map(folder => join(folder, 'nats-server'))
  .find(existsSync)

export const hasNatsServer = binary !== undefined

export interface NatsServer extends AsyncDisposable {
  /** Kills it, and starts it again after so many milliseconds; resolves when it answers. */
  restart(milliseconds: number): Promise<void>
  /** Stops it for so many milliseconds: its connections stay, and say nothing. */
  freeze(milliseconds: number): Promise<void>
  /** A way to it that is somebody's own. */
  way(): Promise<Way>
}

export interface Way extends AsyncDisposable {
  readonly url: string
  /** Breaks what goes over it, and lets nothing through for so many milliseconds. False where nothing went over it. */
  cut(milliseconds: number): boolean
}

export async function startNats(): Promise<NatsServer> {
  if (binary === undefined) throw new Error('There is no nats-server on this machine: install it.')
  const program = binary
  const port = await freePort()

  async function start(): Promise<{ child: ChildProcess; ended: Promise<unknown> }> {
    const child = spawn(program, ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    const ended = once(child, 'exit')
    await waitFor(
      () => answers(port),
      () => `The NATS on port ${port} does not answer.`,
    )
    return { child, ended }
  }

  let server = await start()
  return {
    async restart(milliseconds) {
      server.child.kill('SIGKILL')
      await server.ended
      await pause(milliseconds)
      server = await start()
    },
    async freeze(milliseconds) {
      server.child.kill('SIGSTOP')
      await pause(milliseconds)
      server.child.kill('SIGCONT')
    },
    way: () => openWay(port),
    async [Symbol.asyncDispose]() {
      server.child.kill('SIGKILL')
      await server.ended
    },
  }
}

async function openWay(target: number): Promise<Way> {
  const open = new Set<Socket>()
  let blocked = false
  const server = createServer(near => {
    if (blocked) return void near.destroy()
    const far = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      // Whatever ends the one ends the other.
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  const breakAll = () => {
    for (const socket of open) socket.destroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port.')
  return {
    url: `nats://127.0.0.1:${address.port}`,
    cut(milliseconds) {
      const hit = open.size > 0
      blocked = true
      setTimeout(() => {
        blocked = false
      }, milliseconds)
      breakAll()
      return hit
    },
    async [Symbol.asyncDispose]() {
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}

/** It greets whoever connects. */
function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.on('data', () => socket.destroy())
  })
}

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))
