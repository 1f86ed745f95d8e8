// The console: the browser page that the hub serves at `/`, GraphiQL with Junctor's panels.
// In flows a request path, out flow files of the built page and the headers they need; nothing else is ever served.
// The page itself (`page/`) is bundled by `build.ts`; it speaks only to its own origin: `/api/console/state`
// (ConsoleState), `/api/auth/*` and `/graphql` over HTTP and WebSocket.
export { type ConsoleAssets, consoleAssets } from './assets.ts'
export { type ConsoleState, consoleStatePath } from './console-state.ts'
export { consoleHeaders, contentSecurityPolicy } from './headers.ts'
