// Mapping of an async source that ends promptly: an async generator's `return()` would wait for the next event.

/**
 * The source's values, each changed. `stop` runs when the consumer leaves or `change` throws, before the source's
 * own return; it must make a pending `next()` of the source settle.
 */
export function mappedEvents<From, To>(
  source: AsyncIterable<From>,
  change: (value: From) => To | Promise<To>,
  stop: () => void = () => undefined,
): AsyncIterableIterator<To, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  const end = async (): Promise<IteratorReturnResult<undefined>> => {
    stop()
    await iterator.return?.()
    return { done: true, value: undefined }
  }
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const result = await iterator.next()
      if (result.done) return end()
      try {
        return { done: false, value: await change(result.value) }
      } catch (error) {
        await end()
        throw error
      }
    },
    return: end,
  }
}
