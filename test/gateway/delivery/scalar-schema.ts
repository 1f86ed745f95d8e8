// A schema to prepare against; the stage executes by itself.
import { buildSchema } from 'graphql'

export const scalarSchema = buildSchema(
  'type Query { a: Int } type Feed { id: ID } type Event { id: ID cursor: String data: Int feed: Feed } type Subscription { demo_onItem: Event }',
)
