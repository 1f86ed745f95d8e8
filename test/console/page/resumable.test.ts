import { describe, expect, it, vi } from 'vitest'
import { resumable } from '../../../src/console/page/resumable.ts'

async function* events(end?: unknown) {
  yield { data: { sql_onNewRow: { cursor: 'c1' } } }
  yield { data: { sql_onNewRow: { cursor: 'c2"' } } }
  if (end) throw end
}

describe('a subscription of the page', () => {
  it('passes events on and ends where the hub ends it', async () => {
    expect(await Array.fromAsync(resumable(events(), vi.fn()))).toHaveLength(2)
  })

  it('says from which cursor to go on when its socket is lost', async () => {
    const ended = vi.fn()
    const error = Array.fromAsync(resumable(events(new CloseEvent('close', { code: 1006 })), ended))
    await expect(error).rejects.toThrow(
      'The subscription was cut off (code 1006). Run it again with `after: "c2\\""` to go on without a gap.',
    )
    expect(ended).not.toHaveBeenCalled()
  })

  it('tells when it was cut off because the session is over', async () => {
    const ended = vi.fn()
    const error = Array.fromAsync(
      resumable(events(new CloseEvent('close', { code: 4401, reason: 'signed out' })), ended),
    )
    await expect(error).rejects.toThrow('cut off (signed out)')
    expect(ended).toHaveBeenCalledOnce()
  })

  it('passes GraphQL errors on as they are', async () => {
    const refusal = [{ message: 'No.' }]
    await expect(Array.fromAsync(resumable(events(refusal), vi.fn()))).rejects.toBe(refusal)
  })

  it('is given up at once, not after the next event', async () => {
    const given = vi.fn()
    const silent: AsyncIterableIterator<unknown> = {
      next: () => new Promise(() => {}),
      async return() {
        given()
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
    const results = resumable(silent, vi.fn())
    void results.next()
    await results.return?.()
    expect(given).toHaveBeenCalledOnce()
  })
})
