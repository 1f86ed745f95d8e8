// Definition: a package on disk or a document's text flows in; a ConnectorDefinition and diagnostics flow out.
// Reading is pure but for the files it is told to read, never throws for bad content, and repairs nothing silently.
// Knows no GraphQL, no store and no network.

export type * from './authentication-model.ts'
export type * from './diagnostic.ts'
export { readDocument } from './document.ts'
export { type FoundPackage, findPackages } from './find-packages.ts'
export { formatDiagnostic, formatDiagnostics } from './findings.ts'
export type * from './model.ts'
export { readDocumentFile, readPackage } from './package.ts'
export type * from './schema-model.ts'
export type * from './webhook-security-model.ts'
