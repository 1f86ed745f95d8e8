// Subgraph: a ConnectorDefinition flows in, an Artifact flows out: SDL and an operation table, plain data.
// The same definition gives the same artifact, whatever else is installed. Makes no calls.
export type * from './artifact.ts'
export { compilerVersion } from './artifact.ts'
