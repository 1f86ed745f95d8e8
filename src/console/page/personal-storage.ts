// Where the editor keeps its tabs and history: under the account's own prefix, until the account signs out.
// Two people at one browser never see each other's tabs, and signing out leaves none behind.

export interface PersonalStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
  clear(): void
  readonly length: number
  /** Removes everything and ignores what is written later: the editor saves half a second behind. */
  end(): void
}

/** A part of `store` that belongs to `account`. */
export function personalStorage(account: string, store: Storage): PersonalStorage {
  const prefix = `junctor:${account}:`
  const keys = () =>
    Array.from({ length: store.length }, (_, index) => store.key(index)).filter(
      (key): key is string => key?.startsWith(prefix) ?? false,
    )
  let ended = false
  const clear = () => {
    for (const key of keys()) store.removeItem(key)
  }
  return {
    getItem: key => store.getItem(prefix + key),
    setItem(key, value) {
      if (!ended) store.setItem(prefix + key, value)
    },
    removeItem: key => store.removeItem(prefix + key),
    clear,
    get length() {
      return keys().length
    },
    end() {
      ended = true
      clear()
    },
  }
}
