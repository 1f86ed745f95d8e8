// What every slice has and every artifact refers to. The hub's own SDL defines these for real; here they stand in
// for it, so that an artifact can be checked alone.

export const sharedTypes = `
scalar DateTime
scalar JSON
scalar BigInt
scalar Upload
type File { contentType: String! size: BigInt! base64: String! url: String }
interface Event { id: ID! cursor: String! time: DateTime! feed: Feed! }
type Feed { id: ID! }
input StringFilter {
  eq: String
  ne: String
  in: [String!]
  contains: String
  startsWith: String
}
input IntFilter {
  eq: Int
  ne: Int
  in: [Int!]
  lt: Int
  gt: Int
}
input FloatFilter {
  eq: Float
  ne: Float
  in: [Float!]
  lt: Float
  gt: Float
}
input BigIntFilter {
  eq: BigInt
  ne: BigInt
  in: [BigInt!]
  lt: BigInt
  gt: BigInt
}
input BooleanFilter {
  eq: Boolean
  ne: Boolean
}
input DateTimeFilter {
  eq: DateTime
  ne: DateTime
  in: [DateTime!]
  lt: DateTime
  gt: DateTime
}
type Query { _: Boolean }
type Mutation { _: Boolean }
type Subscription { _: Boolean }
`
