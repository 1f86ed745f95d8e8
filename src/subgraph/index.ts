// Subgraph: a ConnectorDefinition flows in, an Artifact flows out: SDL and an operation table, plain data.
// The same definition gives the same artifact, whatever else is installed. Makes no calls. Besides, what reads an
// artifact at run time: argument values to the wire, members from the wire, and the shared scalars. Those never load
// the type loader.
export type * from './artifact.ts'
export { compilerVersion } from './artifact.ts'
export { aloneSchema } from './check-subgraph.ts'
export { compileConnector } from './compile.ts'
export { compileFilter } from './runtime/event-filter.ts'
export { fitList, fitObject, fitValue, scalarFit } from './runtime/fit-value.ts'
export { createMemberResolver, type WireNames, wireNamesOf } from './runtime/member-resolver.ts'
export { scalars } from './runtime/scalars.ts'
export { type WiredArguments, wireArguments } from './runtime/wire-arguments.ts'
