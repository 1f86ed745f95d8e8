// What reading and compiling find, and its names.

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
