// The URLs of one webhook. Each registration that replaces another has one of its own, the token with a number behind
// it, so that both deliver while the old one is taken down, and what nobody wants any more finds no feed. What is
// sealed is the token, the number that is registered, and other numbers that count as well.

export interface WebhookAddress {
  readonly token: string
  readonly registered: number
  readonly others: readonly number[]
}

export function readAddress(sealed: string): WebhookAddress {
  const [token = '', registered = '0', ...others] = sealed.split(' ')
  return { token, registered: Number(registered), others: others.map(Number) }
}

/** A webhook that was never moved has the token alone. */
export function printAddress({ token, registered, others }: WebhookAddress): string {
  return registered === 0 && others.length === 0 ? token : [token, registered, ...others].join(' ')
}

/** What the URL ends with. */
export function pathOf(token: string, number: number): string {
  return number === 0 ? token : `${token}.${number}`
}

/** The token and the number that a URL ends with. */
export function readPath(path: string): { readonly token: string; readonly number: number } {
  const [, token = path, number = '0'] = /^([^.]+)\.([1-9]\d{0,8})$/.exec(path) ?? []
  return { token, number: Number(number) }
}
