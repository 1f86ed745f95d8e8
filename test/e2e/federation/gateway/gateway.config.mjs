// The caller's credentials go to the subgraphs, and nothing else of the request does: the hub decides who may do what.
// `context.headers` are those of a request, or what a socket sent when it connected.
const credentials = ['x-api-key', 'authorization']

export const gatewayConfig = {
  propagateHeaders: {
    fromClientToSubgraphs: ({ context }) =>
      Object.fromEntries(credentials.map(name => [name, context.headers?.[name]])),
  },
  transportEntries: {
    '*.http': {
      options: {
        subscriptions: {
          kind: 'ws',
          options: {
            connectionParams: Object.fromEntries(
              credentials.map(name => [name, `{context.headers['${name}']}`]),
            ),
          },
        },
      },
    },
  },
}
