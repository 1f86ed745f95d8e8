import { buildSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { exampleTab } from '../../../src/console/page/example-tab.ts'

const schema = buildSchema(`
  scalar JSON
  enum Order { UP DOWN }
  input Place { city: String! street: String lines: [String!]! deeper: Place }
  input Endless { next: [Endless!] only: Endless }
  type Query {
    sql_list(table: String!, top: Int, row: JSON!, order: Order!, place: Place!, at: [ID!], endless: Endless): Int
  }
`)

describe('the tab of an example', () => {
  it('is named after the field, whatever stands before the operation', () => {
    expect(exampleTab('query ($t: String!) { sql_list }', 'sql_list', schema).query).toBe(
      'query sql_list($t: String!) { sql_list }',
    )
    expect(exampleTab('# why\nsubscription { a }', 'a', null).query).toBe('# why\nsubscription a { a }')
  })

  it('keeps the name that the example has, and a shorthand query', () => {
    expect(exampleTab('query Mine { a }', 'a', schema).query).toBe('query Mine { a }')
    expect(exampleTab('{ a }', 'a', schema).query).toBe('{ a }')
  })

  it('has a placeholder of the right type for each variable', () => {
    const example =
      'query ($t: String!, $n: Int, $r: JSON!, $o: Order!, $p: Place!, $a: [ID!], $e: Endless, $u: Unknown!) { x }'
    expect(JSON.parse(exampleTab(example, 'x', schema).variables)).toEqual({
      t: '',
      n: 0,
      r: {},
      o: 'UP',
      p: { city: '', lines: [] },
      a: [],
      e: {},
      u: null,
    })
  })

  it('has no variables where the example has none', () => {
    expect(exampleTab('{ a }', 'a', schema).variables).toBe('')
  })

  it('parses, and passes on what does not', () => {
    expect(() => parse(exampleTab('mutation($a:Int){ a }', 'x_a', schema).query)).not.toThrow()
    expect(exampleTab('query {', 'a', schema)).toEqual({ query: 'query {', variables: '' })
  })
})
