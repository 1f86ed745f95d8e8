import { describe, expect, it } from 'vitest'
import { operationToRun } from '../../../src/console/page/operations-of.ts'

describe('the operation that runs', () => {
  const text = 'query A { a } subscription B { b } fragment F on T { f }'

  it('is the chosen one', () => {
    expect(operationToRun(text, 'B')).toEqual({ subscription: true, operationName: 'B' })
  })

  it('is the first where the chosen one is not, or no longer, in the document', () => {
    expect(operationToRun(text, null)).toEqual({ subscription: false, operationName: 'A' })
    expect(operationToRun('subscription { b }', 'A')).toEqual({ subscription: true, operationName: null })
  })

  it('goes to the hub as a request where the document does not parse', () => {
    expect(operationToRun('subscription {', 'A')).toEqual({ subscription: false, operationName: null })
  })
})
