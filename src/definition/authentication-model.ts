// The ways to connect, as a definition has them.
import type { Json } from '../json.ts'
import type { WebhookSecurity } from './webhook-security-model.ts'

export type AuthenticationKind =
  | 'NONE'
  | 'API_KEY'
  | 'BASIC'
  | 'OAUTH2_CODE'
  | 'OAUTH2_CLIENT_CREDENTIALS'
  | 'CLIENT_CERTIFICATE'
  | 'CUSTOM'

export interface ConnectionParameterDefinition {
  readonly name: string
  readonly type: 'string' | 'securestring' | 'int' | 'bool' | 'oauthSetting' | 'gatewaySetting'
  readonly title?: string
  readonly description?: string
  readonly required: boolean
  readonly secret: boolean
  readonly default?: Json
  readonly options?: readonly { readonly value: Json; readonly title: string }[]
}

/** Where an API key travels. */
export interface KeyPlacement {
  readonly in: 'header' | 'query'
  readonly name: string
  /** The connection parameter that holds it. */
  readonly parameter: string
  /** Put before the value, with its own space (`Bearer `), where the person gives the bare key. */
  readonly prefix?: string
}

/** `oAuthSettings` of a package's `token` parameter, or the flow of an OpenAPI security scheme (§3.4). */
export interface OAuthDefinition {
  /** Lower case: `oauth2`, `aad`, `aadcertificate`, `oauth2generic`, `docusign`, `facebook`, … (§3.5). */
  readonly identityProvider: string
  /** As the package has it; absent where it is a placeholder. What the operator sets wins. */
  readonly clientId?: string
  readonly scopes: readonly string[]
  /** Custom parameters and URL templates by lower-case name: `authorizationurl`, `tokenurl`, `refreshurl`, … */
  readonly settings: Readonly<Record<string, string>>
}

/** One way to connect: `connectionParameters`, or one of `connectionParameterSets` (§3.6). */
export interface AuthenticationDefinition {
  readonly name: string
  readonly title: string
  readonly kind: AuthenticationKind
  readonly parameters: readonly ConnectionParameterDefinition[]
  /** API_KEY: every place the key goes. */
  readonly keys: readonly KeyPlacement[]
  /** OAUTH2_CODE and OAUTH2_CLIENT_CREDENTIALS. */
  readonly oauth?: OAuthDefinition
  /** False where the package forbids sharing such a connection. */
  readonly shareable: boolean
  /** How deliveries to webhooks of such a connection are verified. */
  readonly webhook?: WebhookSecurity
}
