// Triggers that cannot be driven as their documents say, because the documents contradict themselves. Each line can be
// checked by looking at the operation; one that is not needed any more fails the suite.

export interface Exception {
  readonly connector: string
  readonly operation: string
  readonly reason: string
}

export const exceptions: readonly Exception[] = [
  {
    connector: 'ubiqodbyskiply',
    operation: 'DataIn',
    reason: 'The property that takes the callback URL, hookUrl, is of format byte (base64), which no URL is.',
  },
]
