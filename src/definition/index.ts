// Definition: a package on disk or a document's text flows in; a ConnectorDefinition and diagnostics flow out.
// Reading is pure but for the files it is told to read, never throws for bad content, and repairs nothing silently.
// Knows no GraphQL, no store and no network.
export type * from './model.ts'
