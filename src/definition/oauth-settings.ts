// `oAuthSettings` of a `token` parameter → OAuthDefinition (connector-format §3.4, §3.5). Keys vary in case.
import type { AuthenticationKind, OAuthDefinition } from './authentication-model.ts'
import { child, childAnyCase, members, type Node, present, record, text, textList, words } from './node.ts'

/** The settings of one `oauthSetting` parameter; a client id that is only a placeholder is left out. */
export function readOAuth(parameter: Node): OAuthDefinition {
  const settings = childAnyCase(parameter, 'oAuthSettings')
  const clientId = words(childAnyCase(settings, 'clientId'))
  return {
    identityProvider: words(childAnyCase(settings, 'identityProvider'))?.toLowerCase() ?? 'oauth2',
    ...present({ clientId: clientId !== undefined && !isPlaceholder(clientId) ? clientId : undefined }),
    scopes: textList(childAnyCase(settings, 'scopes')),
    settings: record(
      members(childAnyCase(settings, 'customParameters')).flatMap(([name, node]) => {
        const value = text(childAnyCase(node, 'value')) ?? text(node)
        return value === undefined || value === '' ? [] : [[name.toLowerCase(), value] as const]
      }),
    ),
  }
}

/** `<<Please add your client id>>`, `[[DUMMY]]`, `{{…}}`: what publishers leave in the public file. */
function isPlaceholder(clientId: string): boolean {
  return /[<>[\]{}\s]|dummy|placeholder|your/i.test(clientId)
}

/** Client credentials where the settings or the hidden `token:grantType` parameter say so (§3.5). */
export function grantOf(oauth: OAuthDefinition, parameters: Node): AuthenticationKind {
  const declared = text(childAnyCase(childAnyCase(parameters, 'token:grantType'), 'defaultValue'))
  const grant = declared ?? oauth.settings.granttype
  return grant?.toLowerCase() === 'client_credentials' ? 'OAUTH2_CLIENT_CREDENTIALS' : 'OAUTH2_CODE'
}

/** The flow of an OpenAPI 3 scheme, or a Swagger 2.0 scheme itself. */
export function oauthFlow(flow: Node): OAuthDefinition {
  const urls = ['authorizationUrl', 'tokenUrl', 'refreshUrl'].flatMap(name => {
    const url = words(child(flow, name))
    return url === undefined ? [] : [[name.toLowerCase(), url] as const]
  })
  return {
    identityProvider: 'oauth2',
    scopes: members(child(flow, 'scopes')).map(([name]) => name),
    settings: record(urls),
  }
}
