// Which of the packages Mesh can take part with, one by one; prints their names as JSON. Those are left out that its
// loader refuses, whose schema cannot be printed, or in which a type of the API passes for the root type Query.
import { readFileSync } from 'node:fs'
import { loadNonExecutableGraphQLSchemaFromOpenAPI } from '@omnigraph/openapi'
import { getNamedType, isInterfaceType, isObjectType, printSchema } from 'graphql'

const nothing = () => undefined
const silent = {
  debug: nothing,
  info: nothing,
  log: nothing,
  warn: nothing,
  error: nothing,
  child: () => silent,
}

function refersToRoot(schema) {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const types = Object.values(schema.getTypeMap()).filter(type => isObjectType(type) || isInterfaceType(type))
  return types.some(type =>
    Object.values(type.getFields()).some(field => roots.includes(getNamedType(field.type))),
  )
}

const loadable = []
for (const { name, file } of JSON.parse(readFileSync(process.env.BENCH_PACKAGES, 'utf8')))
  try {
    const options = { source: file, cwd: '/', fetch, logger: silent }
    const schema = await loadNonExecutableGraphQLSchemaFromOpenAPI(name, options)
    printSchema(schema)
    if (!refersToRoot(schema)) loadable.push(name)
  } catch {
    // It is counted by its absence.
  }
process.stdout.write(JSON.stringify(loadable), () => process.exit())
