// The webapp of the SQL connector: a connection and a request flow in; rows, or an error in a sentence, flow out.
import type { Webapp, WebappContext } from '../../src/hosting/webapp.ts'
import { printJson } from '../../src/json.ts'
import { createDatabases } from './databases.ts'
import { problemOf } from './problem.ts'
import { answer } from './routes.ts'

function createSqlWebapp(): Webapp {
  const databases = createDatabases()
  return {
    async fetch(request, context) {
      try {
        return await answer(databases.of(context).during(request.signal), request)
      } catch (error) {
        const problem = problemOf(error)
        if (!problem) throw error
        const message = withoutSecrets(problem.message, context.connection)
        return new Response(printJson({ error: { code: problem.code, message } }), {
          status: problem.status,
          headers: { 'content-type': 'application/json' },
        })
      }
    },
    async close() {
      await databases[Symbol.asyncDispose]()
    },
  }
}

/** Servers do not repeat passwords, but a free query or a value can. */
function withoutSecrets(message: string, connection: WebappContext['connection']): string {
  const password = connection?.parameters.password
  return typeof password === 'string' && password !== ''
    ? message.replaceAll(password, '[redacted]')
    : message
}

export const webapp = createSqlWebapp()
