import { describe, expect, it } from 'vitest'
import type { ConnectionParameter } from '../../../src/console/page/connectors/documents.ts'
import { fieldName, kindOf, readParameters } from '../../../src/console/page/connectors/read-parameters.ts'

const parameter = (name: string, more: Partial<ConnectionParameter> = {}): ConnectionParameter => ({
  name,
  type: 'string',
  title: null,
  description: null,
  required: false,
  secret: false,
  default: null,
  options: null,
  ...more,
})

const form = (entries: Record<string, string>) => {
  const fields = new FormData()
  for (const [name, value] of Object.entries(entries)) fields.set(fieldName({ name }), value)
  return fields
}

describe('the parameters of a connection, read from the form', () => {
  it('have the types that the connector declares', () => {
    const parameters = [
      parameter('host'),
      parameter('port', { type: 'int' }),
      parameter('tls', { type: 'bool' }),
      parameter('verify', { type: 'boolean' }),
      parameter('engine', { options: [{ value: { id: 1 }, title: 'One' }] }),
      parameter('extra', { type: 'object' }),
      parameter('password', { type: 'securestring', secret: true }),
    ]
    const fields = form({
      host: 'db',
      port: '5432',
      tls: 'on',
      engine: '{"id":1}',
      extra: '[1]',
      password: ' p ',
    })
    expect(readParameters(parameters, fields)).toEqual({
      host: 'db',
      port: 5432,
      tls: true,
      verify: false,
      engine: { id: 1 },
      extra: [1],
      password: ' p ',
    })
  })

  it('leave out what was left empty', () => {
    expect(
      readParameters([parameter('host'), parameter('port', { type: 'int' })], form({ host: '', port: '' })),
    ).toEqual({})
  })

  it('name the field whose JSON does not parse', () => {
    const parameters = [parameter('extra', { type: 'object', title: 'Extra headers' })]
    expect(() => readParameters(parameters, form({ extra: '{' }))).toThrow('Extra headers must be JSON.')
  })

  it('may be called like a field of the form itself', () => {
    const fields = form({ 'connection-name': 'mine' })
    fields.set('connection-name', 'the form’s')
    expect(readParameters([parameter('connection-name')], fields)).toEqual({ 'connection-name': 'mine' })
  })

  it('are typed in secret where they are secret, whatever their type', () => {
    expect(kindOf(parameter('key', { type: 'int', secret: true }))).toBe('secret')
  })
})
