// A cache whose bound is what its values weigh together, not how many they are: one large connector outweighs a
// hundred small ones. What was used longest ago goes first.

export interface WeightedCache<Value> {
  get(key: string): Value | undefined
  /** A value heavier than the whole bound is kept alone, until the next one comes. */
  set(key: string, value: Value): void
  delete(key: string): void
  /** Deletes every value of which this is true. */
  deleteWhere(gone: (value: Value) => boolean): void
}

export function createWeightedCache<Value>(options: {
  readonly most: number
  readonly weigh: (value: Value) => number
}): WeightedCache<Value> {
  const { most, weigh } = options
  // A Map keeps the order of insertion: the first is the one that was used longest ago.
  const kept = new Map<string, { readonly value: Value; readonly weight: number }>()
  let total = 0
  let newest: string | null = null

  function remove(key: string): void {
    total -= kept.get(key)?.weight ?? 0
    kept.delete(key)
  }

  return {
    get(key) {
      const found = kept.get(key)
      if (!found) return undefined
      if (key !== newest) {
        kept.delete(key)
        kept.set(key, found)
        newest = key
      }
      return found.value
    },
    set(key, value) {
      remove(key)
      const weight = weigh(value)
      kept.set(key, { value, weight })
      newest = key
      total += weight
      for (const oldest of kept.keys()) {
        if (total <= most || oldest === key) break
        remove(oldest)
      }
    },
    delete: remove,
    deleteWhere(gone) {
      for (const [key, { value }] of kept) if (gone(value)) remove(key)
    },
  }
}
