// Mapping of an async source that ends promptly: an async generator's `return()` would wait for the next event.

/** A stream that can be left. */
export interface Events<T> extends AsyncIterableIterator<T, undefined> {
  return(): Promise<IteratorReturnResult<undefined>>
}

/**
 * The source's values, each changed. `stop` runs when the consumer leaves, the source ends or fails, or `change`
 * throws, before the source's own return; it must make a pending `next()` of the source settle, and may run twice.
 */
export function mappedEvents<From, To>(
  source: AsyncIterable<From>,
  change: (value: From) => To | Promise<To>,
  stop: () => void = () => undefined,
): Events<To> {
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
      try {
        const result = await iterator.next()
        return result.done ? await end() : { done: false, value: await change(result.value) }
      } catch (error) {
        await end()
        throw error
      }
    },
    return: end,
  }
}
