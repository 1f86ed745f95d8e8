// What request policies make of a request that is wanted, one template after the other (connector-format §4.3).
import { type Policy, sideValue } from './policies-as-written.ts'
import type { WantedRequest } from './wanted-request.ts'

interface Scope {
  readonly wanted: WantedRequest
  readonly policy: Policy
  /** The connection's, by parameter. */
  readonly values: ReadonlyMap<string, string>
  /** The connection names its own base URL, which no policy replaces. */
  readonly settled: boolean
}

const templates: Readonly<Record<string, (scope: Scope) => void>> = {
  dynamichosturl: moveHost,
  dynamicsubdomain: moveHost,
  routerequesttoendpoint: route,
  setheader: scope =>
    setHeader(
      scope.wanted,
      scope.policy.parameter('name'),
      evaluated(scope, 'value'),
      scope.policy.parameter('existsAction'),
    ),
  setqueryparameter: scope =>
    setQuery(
      scope.wanted,
      decodeURIComponent(scope.policy.parameter('name')),
      evaluated(scope, 'value'),
      scope.policy.parameter('existsAction'),
    ),
  setvaluefromurl: setFromSideCall,
}

/** Applies the policies of the request section in their order. */
export function applyPolicies(
  wanted: WantedRequest,
  policies: readonly Policy[],
  values: ReadonlyMap<string, string>,
  settled: boolean,
): void {
  for (const policy of policies)
    if (policy.section === 'request') templates[policy.template]?.({ wanted, policy, values, settled })
}

function evaluated({ wanted, policy, values }: Scope, parameter: string): string {
  return evaluate(policy.parameter(parameter), wanted, values)
}

function moveHost(scope: Scope): void {
  if (scope.settled) moveBehindArgument(scope)
  else moveTo(scope.wanted, evaluated(scope, 'urlTemplate'))
}

/** The connection names the host where the caller would: what the package writes behind it stays. */
function moveBehindArgument({ wanted, policy, values }: Scope): void {
  const argument = /^\s*https?:\/\/@\{?(?:headers?|query\w+)\([^)]*\)\}?(?=[/?])/i
  const template = policy.parameter('urlTemplate')
  if (!argument.test(template)) return
  const [path = '', query = ''] = evaluate(template.replace(argument, ''), wanted, values).split(/\?(.*)/s)
  wanted.base += path.replace(/\/+$/, '')
  wanted.query.unshift(...pairs(query))
}

function route(scope: Scope): void {
  const { wanted, policy } = scope
  const [path = '', query = ''] = evaluated(scope, 'newPath').split(/\?(.*)/s)
  wanted.path = path.startsWith('/') ? path : `/${path}`
  wanted.query.unshift(...pairs(query))
  const method = policy.parameter('httpMethod')
  if (method !== '' && !method.startsWith('@')) wanted.method = method.toUpperCase()
}

function setFromSideCall({ wanted, policy }: Scope): void {
  const target = /@(headers?|queryParameters)\('([^']*)'/i.exec(policy.parameter('parameterTemplate'))
  const [, place = '', name = ''] = target ?? []
  if (place.toLowerCase() === 'queryparameters') setQuery(wanted, name, sideValue, 'override')
  else setHeader(wanted, name, sideValue, 'override')
}

function evaluate(text: string, wanted: WantedRequest, values: ReadonlyMap<string, string>): string {
  // One package misspells queryParameters, and means it.
  const expression = /@\{?(connectionParameters|headers?|query\w+)\('([^']*)'(?:\s*,\s*'([^']*)')?\)\}?/gi
  return text.replace(expression, (_whole, source: string, name: string, fallback?: string) => {
    const folded = name.toLowerCase()
    const found = /^connection/i.test(source)
      ? [...values].find(([key]) => key.toLowerCase() === folded)?.[1]
      : /^header/i.test(source)
        ? wanted.headers.get(folded)
        : wanted.query.find(pair => pair.name.toLowerCase() === folded)?.parts.join(',')
    return found || (fallback ?? '')
  })
}

function moveTo(wanted: WantedRequest, text: string): void {
  const typed = text.trim().replace(/^https?:\/\/(?=https?:\/\/)/i, '')
  if (typed === '') return
  const [base = '', query = ''] = (/^https?:\/\//i.test(typed) ? typed : `https://${typed}`).split(/\?(.*)/s)
  wanted.base = base.replace(/\/+$/, '')
  wanted.query.unshift(...pairs(query))
}

function pairs(query: string): WantedRequest['query'] {
  return [...new URLSearchParams(query)].map(([name, value]) => ({ name, parts: [value], separator: null }))
}

function setHeader(wanted: WantedRequest, name: string, value: string, action: string): void {
  const key = name.toLowerCase()
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || (value === '' && key === 'authorization')) return
  const present = wanted.headers.get(key)
  if (present !== undefined && action === 'skip') return
  wanted.headers.set(key, present !== undefined && action === 'append' ? `${present}, ${value}` : value)
}

function setQuery(wanted: WantedRequest, name: string, value: string, action: string): void {
  const isPresent = wanted.query.some(pair => pair.name === name)
  if (isPresent && action === 'skip') return
  if (action !== 'append') wanted.query = wanted.query.filter(pair => pair.name !== name)
  wanted.query.push({ name, parts: [value], separator: null })
}
