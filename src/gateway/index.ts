// Gateway: HTTP and WebSocket requests flow in; the graph's answers and events flow out.
// An operation is run on a slice: the hub's own types and only the connectors that it names.
export { createArtifactCache } from './catalogue/artifact-cache.ts'
export { openCatalogue } from './catalogue/catalogue.ts'
export { createGateway } from './gateway.ts'
