// Connections: people's wishes (create, test, share) flow in; connections they may use, opened for one call, flow out.
// Credentials are sealed in the store and never leave but through `open`.
export type * from './connection.ts'
