// What the panel asks the graph, each document with the shape of its answer.
import { z } from 'zod'

const parameterOption = z.object({ value: z.unknown(), title: z.string() })

const connectionParameter = z.object({
  name: z.string(),
  type: z.string(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  required: z.boolean(),
  secret: z.boolean(),
  default: z.unknown(),
  options: z.array(parameterOption).nullable(),
})
export type ConnectionParameter = z.infer<typeof connectionParameter>

const authentication = z.object({
  name: z.string(),
  title: z.string(),
  kind: z.string(),
  parameters: z.array(connectionParameter),
})
export type Authentication = z.infer<typeof authentication>

const connection = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  statusReason: z.string().nullable(),
  default: z.boolean(),
})
export type Connection = z.infer<typeof connection>

const summary = z.object({
  name: z.string(),
  title: z.string(),
  status: z.string(),
  custom: z.boolean(),
  brandColor: z.string().nullable(),
  connections: z.array(z.object({ id: z.string() })),
})
export type ConnectorSummary = z.infer<typeof summary>

const detail = summary.extend({
  description: z.string().nullable(),
  diagnostics: z.array(z.object({ severity: z.string(), message: z.string() })),
  authentications: z.array(authentication),
  connections: z.array(connection),
})
export type ConnectorDetail = z.infer<typeof detail>

const operation = z.object({
  field: z.string(),
  kind: z.enum(['ACTION', 'TRIGGER']),
  summary: z.string().nullable(),
  deprecated: z.boolean(),
  example: z.string(),
})
export type Operation = z.infer<typeof operation>

const page = <T extends z.ZodType>(node: T) =>
  z.object({
    nodes: z.array(node),
    totalCount: z.number(),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  })

const pageFields = 'totalCount pageInfo { hasNextPage endCursor }'
const summaryFields = 'name title status custom brandColor'

export const listConnectors = {
  document: `query ConsoleConnectors($search: String, $after: String) {
    connectors(search: $search, first: 50, after: $after) {
      nodes { ${summaryFields} connections { id } } ${pageFields}
    }
  }`,
  data: z.object({ connectors: page(summary) }),
}

export const showConnector = {
  document: `query ConsoleConnector($name: String!) {
    connector(name: $name) {
      ${summaryFields} description
      diagnostics { severity message }
      authentications {
        name title kind
        parameters { name type title description required secret default options { value title } }
      }
      connections { id name status statusReason default }
    }
  }`,
  data: z.object({ connector: detail.nullable() }),
}

export const listOperations = {
  document: `query ConsoleOperations($name: String!, $search: String, $after: String) {
    connector(name: $name) {
      operations(search: $search, first: 200, after: $after) {
        nodes { field kind summary deprecated example } ${pageFields}
      }
    }
  }`,
  data: z.object({ connector: z.object({ operations: page(operation) }).nullable() }),
}

export const createConnection = {
  document: `mutation ConsoleConnect($input: CreateConnectionInput!) {
    createConnection(input: $input) { connection { id } }
  }`,
  data: z.object({ createConnection: z.object({ connection: z.object({ id: z.string() }) }) }),
}

export const testConnection = {
  document: 'mutation ConsoleTest($id: ID!) { testConnection(id: $id) { ok message } }',
  data: z.object({ testConnection: z.object({ ok: z.boolean(), message: z.string().nullable() }) }),
}

export const setDefaultConnection = {
  document: 'mutation ConsoleDefault($id: ID!) { setDefaultConnection(id: $id) { id } }',
  data: z.object({ setDefaultConnection: z.object({ id: z.string() }) }),
}

export const deleteConnection = {
  document: 'mutation ConsoleDelete($id: ID!) { deleteConnection(id: $id) }',
  data: z.object({ deleteConnection: z.string() }),
}
