// The shape of a connector after reading: what every other room works from. Section numbers are those of the
// package format (Power Platform connectors; "connector-format").
import type { Json } from '../json.ts'

/** One thing the reader repaired or could not carry over. `pointer` is a JSON pointer into the document. */
export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING' | 'INFO'
  readonly code: DiagnosticCode
  readonly message: string
  readonly pointer?: string
  /** operationId, where the finding concerns one operation. */
  readonly operation?: string
}

/** Codes of what reading and compiling can find; each names one cause. */
export type DiagnosticCode =
  | 'FILE_MISSING'
  | 'FILE_TOO_LARGE'
  | 'ENCODING_REPAIRED'
  | 'SYNTAX_REPAIRED'
  | 'SYNTAX_INVALID'
  | 'VERSION_UNSUPPORTED'
  | 'DOCUMENT_INVALID'
  | 'REFERENCE_UNRESOLVED'
  | 'REFERENCE_SIBLINGS'
  | 'SCHEMA_SIMPLIFIED'
  | 'SCHEMA_INVALID'
  | 'DEFAULT_DROPPED'
  | 'NAME_CHANGED'
  | 'NAME_DUPLICATE'
  | 'OPERATION_ID_MISSING'
  | 'OPERATION_SKIPPED'
  | 'PARAMETER_INVALID'
  | 'POLICY_UNSUPPORTED'
  | 'POLICY_INVALID'
  | 'SCRIPT_REQUIRED'
  | 'HOOK_INVALID'
  | 'HOOK_OUTDATED'
  | 'AUTHENTICATION_UNSUPPORTED'
  | 'SCHEME_INSECURE'
  | 'SERVER_MISSING'
  | 'SERVER_ELSEWHERE'
  | 'COMPILE_FAILED'

/** `important` first, then `normal`, then `advanced`; `internal` is hidden but still sent (§2.5). */
export type Visibility = 'important' | 'normal' | 'advanced' | 'internal'

/** How an argument of a dynamic call is found: a constant, or another parameter's value (§6). */
export type DynamicArgument = { readonly value: Json } | { readonly parameter: string }

/** `x-ms-dynamic-values` / `-list` (choices) and `-schema` / `-properties` (a JSON Schema), in one shape (§6). */
export interface DynamicReference {
  readonly operation: string
  readonly arguments: Readonly<Record<string, DynamicArgument>>
  /** Slash-separated path to the array of choices; empty: the response itself. */
  readonly itemsPath: string
  /** Choices: path of the value inside an item. Schemas: path of the schema inside the response. */
  readonly valuePath: string
  readonly titlePath: string
}

interface SchemaCommon {
  /** A UI label. Never a name. */
  readonly title?: string
  readonly description?: string
  readonly nullable?: boolean
  readonly visibility?: Visibility
  /** Always fits the type: defaults that do not are dropped with DEFAULT_DROPPED. */
  readonly default?: Json
  readonly deprecated?: boolean
  /** Only responses carry it: never ask a caller for it, even where it is required. */
  readonly readOnly?: true
  /** Only requests carry it. */
  readonly writeOnly?: true
  /** The hub writes its callback URL here (§5.2). */
  readonly notificationUrl?: true
  readonly dynamicValues?: DynamicReference
  readonly dynamicSchema?: DynamicReference
  readonly xml?: XmlHints
}

/** How a value is written in XML (the "XML Object" of OpenAPI); namespaces and prefixes say nothing to a reader. */
export interface XmlHints {
  readonly name?: string
  readonly attribute?: true
  /** Of a list: its items stand inside an element of their own. */
  readonly wrapped?: true
}

export interface EnumValue {
  readonly value: string | number
  readonly title?: string
}

/** A normalised schema: local references only, no combinators (allOf is merged), no vendor keys. */
export type Schema = SchemaCommon &
  (
    | { readonly type: 'any' }
    /** A key of `ConnectorDefinition.schemas`. The only way to recurse. */
    | { readonly type: 'ref'; readonly ref: string }
    | { readonly type: 'string'; readonly format?: StringFormat; readonly enum?: readonly EnumValue[] }
    | { readonly type: 'integer'; readonly format: 'int32' | 'int64'; readonly enum?: readonly EnumValue[] }
    | { readonly type: 'number'; readonly enum?: readonly EnumValue[] }
    | { readonly type: 'boolean' }
    | { readonly type: 'array'; readonly items: Schema }
    | {
        readonly type: 'object'
        readonly properties: Readonly<Record<string, Schema>>
        readonly required: readonly string[]
        /** Schema of undeclared members; null where nothing says there are any. */
        readonly additional: Schema | null
      }
  )

/** `byte` is base64 text inside JSON; `binary` is raw bytes (a whole body, a form file or a whole response). */
export type StringFormat = 'date-time' | 'date' | 'byte' | 'binary' | 'uuid' | 'uri' | 'email' | 'password'

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

/** csv: comma-joined; multi: the name repeated; ssv, tsv, pipes: joined by space, tab, pipe. */
export type CollectionFormat = 'csv' | 'ssv' | 'tsv' | 'pipes' | 'multi'

export interface ParameterDefinition {
  /** The name on the wire, exactly. */
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'form'
  readonly schema: Schema
  readonly required: boolean
  /** Path only: how often the value is percent-encoded (§2.3). */
  readonly encoding: 'single' | 'double' | 'raw'
  readonly collectionFormat: CollectionFormat
  /** Sent as is and never shown: internal, required and with a default (§2.2). */
  readonly constant?: Json
}

export interface BodyDefinition {
  /** The parameter's name in a Swagger 2.0 document; `body` where there is none. */
  readonly name: string
  readonly schema: Schema
  readonly required: boolean
  readonly description?: string
}

/** What an operation is. Polling by `policy`: the pollingtrigger template; by `protocol`: 200/202 + Location (§5). */
export type OperationRole =
  | { readonly role: 'action' }
  | {
      readonly role: 'polling'
      readonly style: 'policy' | 'protocol'
      /** True where one response carries many events. */
      readonly batch: boolean
      /** Path of the array of events inside a batch response, wire names; empty: the response itself. */
      readonly itemsPath: readonly string[]
    }
  | {
      readonly role: 'webhook'
      /**
       * Every place in the body that takes the callback URL, as paths of wire names. Empty: no call registers it,
       * the provider is told the URL by hand.
       */
      readonly callbackPaths: readonly (readonly string[])[]
      /**
       * What an event's data is: the notification's body, or the whole request as `{method, headers, query, body}`
       * (`x-junctor-delivers: request` on the operation).
       */
      readonly delivers: 'body' | 'request'
      /** True for a webhook action: call, then wait for one callback. */
      readonly once: boolean
      /** How deliveries are verified, whatever the connection; absent where that or nothing says it. */
      readonly security?: WebhookSecurity
    }

/** Ways to tell a webhook's deliveries from forged ones. */
export type WebhookScheme =
  | 'standard-webhooks'
  | 'github'
  | 'slack'
  | 'stripe'
  | 'meta'
  | 'microsoft-graph'
  | 'zoom'
  | 'x'
  | 'hook-secret'
  | 'token'
  | 'hmac'

/** `x-junctor-webhook`: how deliveries are verified. */
export interface WebhookSecurity {
  readonly scheme: WebhookScheme
  /**
   * Where the secret comes from: parameters of the connection (the current one first, then earlier ones that still
   * count), the hub itself, which puts one at `path` of the registration's body, or the provider's handshake.
   */
  readonly secret:
    | { readonly from: 'connection'; readonly parameters: readonly string[] }
    | { readonly from: 'hub'; readonly path: readonly string[] }
    | { readonly from: 'handshake' }
  /** The connection parameter that Meta's handshake must quote. */
  readonly verifyToken?: string
  /** Of the schemes `hmac` and `token`. One that is left out is the connection's parameter of its name. */
  readonly options: Readonly<Record<string, string>>
}

export interface OperationDefinition {
  /** operationId as the document has it, or generated (OPERATION_ID_MISSING). Unique in the connector. */
  readonly id: string
  readonly method: HttpMethod
  /** Path template below the base URL, verbatim, with {name} tokens. */
  readonly path: string
  /** Where it lives, if not at the connector's base URL; in the same form. */
  readonly baseUrl?: string
  readonly role: OperationRole
  /** GET, HEAD or marked safe. */
  readonly safe: boolean
  readonly summary?: string
  readonly description?: string
  readonly hint?: string
  readonly deprecated: boolean
  readonly visibility: Visibility
  readonly parameters: readonly ParameterDefinition[]
  readonly body: BodyDefinition | null
  /** Content type of the body the hub sends; null where there is none (§2.2). */
  readonly contentType: string | null
  /** Schema of the success response's body; null where there is none. */
  readonly response: Schema | null
  /** Triggers: schema of ONE event's data (webhook: x-ms-notification-content; polling: the item). */
  readonly event: Schema | null
  /** Path of the next link in the response, wire names (§7). */
  readonly nextLink: string | null
  /** Operation-level `security: []`: send no credential (§3.3). */
  readonly anonymous: boolean
  /** The package routes this operation through its C# script, and no hook stands in for that: nobody can call it (§10). */
  readonly scripted: boolean
  readonly pointer: string
}

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

/** A policy template instance as the package has it, its parameter keys without their prefix (§4.1). */
export interface PolicyInstance {
  readonly template: string
  readonly title: string
  /** operationIds it applies to; empty: all. */
  readonly operations: readonly string[]
  readonly section: 'request' | 'response' | 'failure'
  readonly parameters: Readonly<Record<string, Json>>
}

export interface ConnectorDefinition {
  /** Slug, `[a-z][a-z0-9]*`: no underscore, so that a root field's prefix is the text before its first `_`. */
  readonly name: string
  readonly title: string
  readonly description?: string
  readonly version?: string
  readonly publisher?: string
  readonly categories: readonly string[]
  readonly brandColor?: string
  /** Absolute path of icon.png where the package has one. */
  readonly icon?: string
  /** SHA-256 (hex) of everything the definition was made from. */
  readonly hash: string
  /** scheme://host[:port]/basePath without a trailing slash. */
  readonly baseUrl: string
  readonly operations: readonly OperationDefinition[]
  /** operationIds of those that the document has and nobody can call (OPERATION_SKIPPED). */
  readonly skipped: readonly string[]
  readonly schemas: Readonly<Record<string, Schema>>
  /** JSON pointer to the place in the document whose members `schemas` are. */
  readonly schemasPointer: string
  /** At least one; kind NONE where the API needs no credential. */
  readonly authentications: readonly AuthenticationDefinition[]
  readonly policies: readonly PolicyInstance[]
  /** operationId of the test call, where the package names one (§3.7). */
  readonly testOperation: string | null
  /** Absolute path of webapp.ts: code that the hub hosts and that answers this connector's calls. */
  readonly webapp: string | null
  /** Null where the package has none for its script as it is, and where a webapp answers everything. */
  readonly hooks: HooksDefinition | null
}

/** hooks.ts: code that the hub hosts and that stands in for the package's script (§10.3). */
export interface HooksDefinition {
  /** Absolute path. */
  readonly module: string
  /** SHA-256 (hex) of the script file that it stands in for. */
  readonly script: string
  /** operationIds whose calls pass through it. */
  readonly operations: readonly string[]
}

/** A read package: a definition unless an ERROR made it unreadable. */
export interface ReadResult {
  readonly definition: ConnectorDefinition | null
  readonly diagnostics: readonly Diagnostic[]
}
