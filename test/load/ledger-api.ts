// The API that is called: entries of the account that a key belongs to. What it answers follows from what it is asked
// and by whom, so that each answer can be told to be the caller's own.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Begins every credential: it may stand in nothing that a caller gets. */
export const keyPrefix = 'planted-key-of-'

export const host = 'ledger.example.com'

/** What the API answers to this call with this key, as JSON text. */
export function entryText(call: string, number: string, key: string): string {
  const account = key.slice(keyPrefix.length)
  return `{"call":${JSON.stringify(call)},"number":${number},"account":${JSON.stringify(account)},"note":"${'n'.repeat(200)}"}`
}

/** A package with the three operations: one entry, a search by POST that is none of the safe ones, and adding one. */
export async function writeLedgerConnector(folder: string): Promise<void> {
  const call = { name: 'call', required: true, type: 'string' }
  const number = { name: 'number', in: 'query', required: true, type: 'integer', format: 'int64' }
  const responses = { 200: { description: 'OK', schema: { $ref: '#/definitions/Entry' } } }
  const properties = {
    call: { type: 'string' },
    number: { type: 'integer', format: 'int64' },
    account: { type: 'string' },
    note: { type: 'string' },
  }
  const swagger = {
    swagger: '2.0',
    info: { title: 'Ledger', version: '1' },
    host,
    basePath: '/',
    schemes: ['https'],
    consumes: ['application/json'],
    produces: ['application/json'],
    securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
    security: [{ key: [] }],
    paths: {
      '/entries/{call}': {
        get: { operationId: 'GetEntry', parameters: [{ ...call, in: 'path' }, number], responses },
      },
      '/entries': {
        post: {
          operationId: 'AddEntry',
          parameters: [
            { name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/NewEntry' } },
          ],
          responses,
        },
      },
    },
    definitions: {
      Entry: { type: 'object', properties },
      NewEntry: {
        type: 'object',
        required: ['call', 'number'],
        properties: { call: properties.call, number: properties.number },
      },
    },
  }
  const apiProperties = {
    properties: {
      connectionParameters: { api_key: { type: 'securestring', uiDefinition: { displayName: 'Key' } } },
      iconBrandColor: '#336699',
      capabilities: [],
    },
  }
  await mkdir(join(folder, 'Ledger'), { recursive: true })
  await writeFile(join(folder, 'Ledger', 'apiDefinition.swagger.json'), JSON.stringify(swagger))
  await writeFile(join(folder, 'Ledger', 'apiProperties.json'), JSON.stringify(apiProperties))
}
