// Gateway: HTTP and WebSocket requests flow in; the graph's answers and events flow out.
// An operation is run on a slice: the hub's own types and only the connectors that it names.
export { createArtifactFiles } from './catalogue/artifact-files.ts'
export { type Catalogue, openCatalogue } from './catalogue/catalogue.ts'
export { type Compiled, type Status, statusOf } from './catalogue/compiled.ts'
export { type Compiler, createCompiler } from './catalogue/compiler.ts'
export { followImports } from './catalogue/follow-imports.ts'
export { createImports } from './catalogue/import.ts'
export { createIndexFile } from './catalogue/index-file.ts'
export { installedFolders, installedImports } from './catalogue/installed.ts'
export { watchFolders } from './catalogue/watch-folders.ts'
export { createTester } from './connection-tester.ts'
export { connectorSubgraphSdl, hubSubgraph, hubSubgraphSdl } from './federation/subgraph-sdl.ts'
export { createGateway, readHubSdl } from './gateway.ts'
