// routerequesttoendpoint: another path below the same base, and perhaps another method (connector-format §4.3).
import type { HttpMethod } from '../../definition/index.ts'
import type { PolicyTemplate } from './contract.ts'
import { policyText } from './parameters.ts'
import { routeOf } from './route.ts'

const methods: readonly HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

export const routeRequest = {
  names: ['routerequesttoendpoint'],
  request(policy, call) {
    // A link says itself where it leads.
    if (call.followed) return
    const newPath = policyText(policy, 'newPath').trim()
    if (newPath !== '') {
      const { path, query } = routeOf(newPath, call)
      const names = new Set(query.map(pair => pair.name))
      call.draft.path = path
      call.draft.query = [...call.draft.query.filter(pair => !names.has(pair.name)), ...query]
    }
    // `@Request.OriginalHTTPMethod` and nothing both mean: as it was.
    const wanted = policyText(policy, 'httpMethod').toUpperCase()
    call.draft.method = methods.find(method => method === wanted) ?? call.draft.method
  },
} satisfies PolicyTemplate
