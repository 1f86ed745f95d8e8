// A document's text, and its properties' → ConnectorDefinition and findings. Pure, and never throws for content.
import { createHash } from 'node:crypto'
import { readAuthentications } from './authentication.ts'
import { type Bounds, defaultBounds } from './bounds.ts'
import { withoutCredentials } from './credential-parameters.ts'
import { createFindings, type Findings, quoted } from './findings.ts'
import { tellLostOperations } from './lost-operations.ts'
import type { ConnectorDefinition, ReadResult } from './model.ts'
import { child, childAnyCase, elements, isObject, type Node, present, text, words } from './node.ts'
import { readOperation } from './operation.ts'
import { nameOperations, type OperationNames } from './operation-names.ts'
import { parseText } from './parse-text.ts'
import { readPolicies } from './policy.ts'
import type { Dialect, Reading } from './reading.ts'
import { createSchemaReader } from './schema.ts'
import { readScript, type ScriptFiles } from './script.ts'
import { readServers } from './server.ts'
import { slug } from './slug.ts'

/** The texts a definition is made from, and what else its package has. */
export interface DocumentSource {
  readonly name: string
  /** Swagger 2.0 or OpenAPI 3.0 or 3.1, JSON or YAML. */
  readonly document: string
  /** Text of apiProperties.json. */
  readonly properties: string | null
}

/** Files beside the texts. */
export interface PackageParts extends ScriptFiles {
  readonly icon: string | null
  readonly webapp: string | null
}

export const noParts: PackageParts = { icon: null, webapp: null, script: null, hooks: null }

/** Reads an imported document. What cannot be read is an ERROR among the findings, with a null definition. */
export function readDocument(source: DocumentSource, bounds: Partial<Bounds> = {}): ReadResult {
  const all = { ...defaultBounds, ...bounds }
  return readSource(source, noParts, createFindings(all), all)
}

/** The same with a package's other files and the findings of reading them. */
export function readSource(
  source: DocumentSource,
  parts: PackageParts,
  findings: Findings,
  bounds: Bounds,
): ReadResult {
  const document = parseText(source.document, 'The definition', findings, bounds)
  const properties =
    source.properties === null
      ? undefined
      : parseText(source.properties, 'apiProperties.json', findings, bounds)
  const root: Node = { value: document, pointer: '' }
  const dialect = findings.list().some(({ severity }) => severity === 'ERROR')
    ? null
    : dialectOf(root, findings)
  if (dialect === null) return { definition: null, diagnostics: findings.list() }
  const reading = {
    document: root,
    properties: { value: properties, pointer: '' },
    dialect,
    findings,
    bounds,
  }
  const definition = readDefinition(reading, source, parts)
  const failed = findings.list().some(({ severity }) => severity === 'ERROR')
  return { definition: failed ? null : definition, diagnostics: findings.list() }
}

function dialectOf(root: Node, findings: Findings): Dialect | null {
  if (!isObject(root)) {
    findings.error('DOCUMENT_INVALID', 'The definition is no object, so no Swagger or OpenAPI document.')
    return null
  }
  // YAML reads an unquoted 2.0 as the number 2.
  const swagger = words(child(root, 'swagger'))
  const openapi = words(child(root, 'openapi'))
  if (openapi !== undefined && /^3\.[1-9]/.test(openapi)) return 'openapi-3.1'
  if (openapi !== undefined && /^3(\.|$)/.test(openapi)) return 'openapi-3.0'
  if (swagger !== undefined && /^2(\.|$)/.test(swagger)) return 'swagger-2.0'
  if (swagger === undefined && openapi === undefined && isObject(child(root, 'paths'))) {
    const guess = isObject(child(root, 'components')) ? 'openapi-3.0' : 'swagger-2.0'
    findings.warning(
      'VERSION_UNSUPPORTED',
      `The definition does not say its version and is read as ${guess}.`,
    )
    return guess
  }
  const version = openapi ?? swagger
  findings.error(
    'VERSION_UNSUPPORTED',
    version === undefined
      ? 'The definition is neither a Swagger 2.0 nor an OpenAPI 3 document.'
      : `Version ${quoted(version)} is not read; Swagger 2.0 and OpenAPI 3 are.`,
  )
  return null
}

function readDefinition(reading: Reading, source: DocumentSource, parts: PackageParts): ConnectorDefinition {
  const { document, findings } = reading
  const names = nameOperations(reading)
  tellLostOperations(reading, names.operations)
  const schemas = createSchemaReader(reading, names)
  const policies = readPolicies(reading, names)
  const servers = readServers(reading, names.operations)
  const scripted = readScript(reading, names, parts)
  // A text without the mark has no webhook that registers itself: nothing needs searching.
  const search = { left: source.document.includes('x-ms-notification-url') ? reading.bounds.values : 0 }
  const context = { reading, names, schemas, policies, servers, scripted: scripted.lacks, search }
  const operations = names.operations
    .map(named => readOperation(context, named))
    .filter(operation => operation !== undefined)
  const called = new Set(operations.map(({ id }) => id))
  if (operations.length === 0)
    findings.warning('DOCUMENT_INVALID', 'The definition has no operation that can be called.')
  const authentications = readAuthentications(reading, policies)
  return {
    name: connectorName(source.name, findings),
    ...metadata(document, reading.properties, source.name),
    ...present({ icon: parts.icon ?? undefined }),
    hash: hash(source, parts),
    baseUrl: servers.baseUrl,
    operations: withoutCredentials(operations, authentications),
    skipped: names.operations.map(({ id }) => id).filter(id => !called.has(id)),
    schemas: schemas.named(),
    schemasPointer: schemas.pointer,
    authentications,
    policies,
    testOperation: testOperation(reading, names),
    webapp: parts.webapp,
    hooks: parts.webapp === null ? scripted.hooks : null,
  }
}

function connectorName(wanted: string, findings: Findings): string {
  const name = slug(wanted)
  if (name !== wanted)
    findings.info('NAME_CHANGED', `The connector ${quoted(wanted)} is called ${quoted(name)}.`)
  return name
}

function metadata(document: Node, root: Node, name: string) {
  const info = child(document, 'info')
  const properties = child(root, 'properties')
  const listed = elements(child(document, 'x-ms-connector-metadata'))
  const categories = listed.find(entry => text(child(entry, 'propertyName'))?.toLowerCase() === 'categories')
  const color = words(child(properties, 'iconBrandColor'))
  return {
    title: words(child(info, 'title')) ?? name,
    categories: (categories ? (text(child(categories, 'propertyValue')) ?? '') : '')
      .split(';')
      .map(category => category.trim())
      .filter(category => category !== ''),
    ...present({
      description: words(child(info, 'description')),
      version: words(child(info, 'version')),
      publisher: words(childAnyCase(properties, 'publisher')) ?? words(child(child(info, 'contact'), 'name')),
      brandColor: color !== undefined && /^#[0-9a-f]{3,8}$/i.test(color) ? color : undefined,
    }),
  }
}

/** `x-ms-capabilities.testConnection` (connector-format §3.7). */
function testOperation({ document, findings }: Reading, names: OperationNames): string | null {
  const node = child(child(child(document, 'x-ms-capabilities'), 'testConnection'), 'operationId')
  const called = words(node)
  if (called === undefined) return null
  const operation = names.find(called)
  if (operation === undefined) {
    const message = `The test connection's operation ${quoted(called)} does not exist.`
    findings.warning('REFERENCE_UNRESOLVED', message, { pointer: node.pointer })
  }
  return operation ?? null
}

/** Lengths keep the boundary between the two texts; the reader's own version is the artifact's business. */
function hash({ document, properties }: DocumentSource, { webapp, script, hooks }: PackageParts): string {
  return createHash('sha256')
    .update(
      JSON.stringify([
        document.length,
        properties?.length ?? null,
        webapp !== null,
        script,
        hooks?.text ?? null,
      ]),
    )
    .update(document)
    .update(properties ?? '')
    .digest('hex')
}
