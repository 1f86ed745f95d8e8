/** The first tab of somebody new. */
export const firstQuery = `# Press play (Ctrl-Enter): who you are, and which connectors there are.
# Next, open a connector at the left, connect it, and click an operation.
# A trigger is a subscription: run it, and its events arrive at the right.
query Start {
  viewer {
    email
  }
  connectors {
    nodes {
      name
      title
      status
    }
  }
}
`
