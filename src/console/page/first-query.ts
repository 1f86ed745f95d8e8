/** The first tab of somebody new. */
export const firstQuery = `# Press the play button (or Ctrl-Enter) to see who you are and which connectors this hub has.
# Then open a connector in the panel at the left, connect it, and click an operation: its query opens in a new tab.
# A trigger is a subscription. Run it, and its events arrive at the right until you stop it.
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
