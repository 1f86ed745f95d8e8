// The shape of a connector after reading: what every other room works from. Section numbers are those of the
// package format (Power Platform connectors; "connector-format").
import type { Json } from '../json.ts'
import type { AuthenticationDefinition } from './authentication-model.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Schema, Visibility } from './schema-model.ts'
import type { WebhookSecurity } from './webhook-security-model.ts'

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
