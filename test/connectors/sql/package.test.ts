// The sql connector's package, as the hub reads it.
import { expect, test } from 'vitest'
import { sqlDefinition } from './hub.ts'

test('offers its actions, triggers and ways to connect', async () => {
  const definition = await sqlDefinition()
  expect(definition.baseUrl).toBe('https://sql.hosted.junctor')
  expect(definition.webapp).toMatch(/connectors\/sql\/webapp\.ts$/)
  expect(definition.testOperation).toBe('ListTables')
  expect(definition.operations.map(({ id, safe, role }) => [id, safe, role.role])).toEqual([
    ['ListTables', true, 'action'],
    ['GetTableSchema', true, 'action'],
    ['ListRows', true, 'action'],
    ['InsertRow', false, 'action'],
    ['GetRow', true, 'action'],
    ['UpdateRow', false, 'action'],
    ['DeleteRow', false, 'action'],
    ['RunQuery', false, 'action'],
    ['OnNewRow', true, 'polling'],
    ['OnUpdatedRow', true, 'polling'],
  ])
  expect(definition.authentications.map(({ name }) => name)).toEqual([
    'sample',
    'postgres',
    'mysql',
    'sqlite',
  ])
  const secrets = definition.authentications.flatMap(({ parameters }) =>
    parameters.filter(({ secret }) => secret).map(({ name }) => name),
  )
  expect(secrets).toEqual(['password', 'password'])
})
