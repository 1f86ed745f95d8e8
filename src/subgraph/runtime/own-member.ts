// Records that are keyed by names from outside: a name such as `constructor` must not find the language's own.

export function ownMember<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}
