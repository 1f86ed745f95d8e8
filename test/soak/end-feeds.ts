// Every feed that somebody sees, deleted.
import type { HubClient } from '../harness/client.ts'

interface FeedPage {
  readonly feeds: {
    readonly nodes: readonly { readonly id: string; readonly status: string }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

export async function endFeeds(client: HubClient): Promise<void> {
  const ids: string[] = []
  for (let after: string | null = null; ; ) {
    const { feeds }: FeedPage = await client.query<FeedPage>(
      'query ($after: String) { feeds(first: 100, after: $after) { nodes { id status } pageInfo { hasNextPage endCursor } } }',
      { after },
    )
    ids.push(...feeds.nodes.filter(({ status }) => status !== 'ENDED').map(({ id }) => id))
    if (!feeds.pageInfo.hasNextPage) break
    after = feeds.pageInfo.endCursor
  }
  for (const id of ids) await client.query('mutation ($id: ID!) { deleteFeed(id: $id) }', { id })
}
