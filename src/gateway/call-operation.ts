// A connector's action, called: GraphQL arguments → connection → invocation → the field's value.

import type { OperationDefinition } from '../definition/index.ts'
import { JunctorError } from '../errors.ts'
import { Bytes, bytesOf, type InvocationResult, type WireArguments } from '../invocation/index.ts'
import type { CompiledOperation } from '../subgraph/index.ts'
import { type WiredArguments, wireArguments } from '../subgraph/index.ts'
import { watchCalls } from './call-trace.ts'
import type { LoadedConnector } from './catalogue/catalogue.ts'
import { identityOf } from './catalogue/installed.ts'
import { signedIn } from './context.ts'
import { openFile } from './files/open-file.ts'
import type { Resolver } from './resolver.ts'
import type { Services } from './services.ts'
import type { Slice } from './slices/slice.ts'

/** The operation of the definition that a compiled field stands for. */
export function operationOf(
  connector: Pick<LoadedConnector, 'definition'>,
  operation: CompiledOperation,
): OperationDefinition {
  const found = connector.definition?.operations.find(candidate => candidate.id === operation.operationId)
  if (found) return found
  throw new JunctorError(
    'INTERNAL',
    `${operation.field} is not an operation of its connector any more; read the connector again.`,
  )
}

/** What calls need of the hub's services. */
interface CallServices {
  readonly connections: Pick<Services['connections'], 'use' | 'roleOf'>
  readonly invoker: Services['invoker']
  readonly audit: Pick<Services['audit'], 'append'>
  readonly fileLinks: Pick<Services['fileLinks'], 'link'>
  readonly triggers: Pick<Services['triggers'], 'ask'>
}

/** Makes resolvers for root queries and mutations; null for a name that is no connector's operation. */
export function createOperationCaller(services: CallServices) {
  return function resolverOf(slice: Slice, field: string): Resolver | null {
    const found = slice.operations.get(field)
    const artifact = found?.connector.artifact
    const definition = found?.connector.definition
    if (!found || !artifact || !definition) return null
    const { connector, operation } = found
    const { name } = connector.entry
    const identity = identityOf(connector.entry)
    const operationDefinition = operationOf(connector, operation)
    const isOpened = operation.result === 'file' && operationDefinition.safe

    // A compiled operation gives the same arguments again where no variable is in them.
    const known = new WeakMap<object, WiredArguments>()
    const wired = (args: Readonly<Record<string, unknown>>): WiredArguments => {
      const before = known.get(args)
      if (before) return before
      const made = wireArguments(artifact, operation, args)
      known.set(args, made)
      return made
    }

    return async (_source, args, context, key) => {
      const actor = signedIn(context)
      const wire = wired(args as Readonly<Record<string, unknown>>)
      const used = await services.connections.use(actor, identity, wire.connection ?? null)
      const { limit } = wire
      const watch = await watchCalls(services, context, {
        key,
        connector: name,
        operation: operation.operationId,
        connection: used?.open.id ?? null,
      })
      const { signal } = context
      const invocation = {
        definition,
        operation: operationDefinition,
        connection: used?.open ?? null,
        arguments: wire,
        signal,
        watch,
      }
      if (isOpened)
        return openFile(services.fileLinks, context.calls, invocation, { caller: actor, connector: identity })
      const call = () =>
        limit === undefined ? context.calls.call(invocation) : context.calls.pages(invocation, limit)
      if (operation.root === 'Query') return fieldValue(operation, await call())
      const outcome = await attempt(async () => {
        if (operation.result !== 'feed') return fieldValue(operation, await call())
        return services.triggers.ask({
          binding: {
            organizationId: used?.organizationId ?? actor.organizationId,
            ...identity,
            operationId: operation.operationId,
            field,
            connectionId: used?.open.id ?? null,
            arguments: boundArguments(wire),
          },
          ownerId: actor.userId,
          signal,
          watch,
        })
      })
      await services.audit.append(actor, {
        action: operation.field,
        resource: `connector:${name}`,
        connectionId: used?.open.id ?? null,
        organizationId: used?.organizationId ?? null,
        outcome: 'error' in outcome ? codeOf(outcome.error) : 'OK',
      })
      if ('error' in outcome) throw outcome.error
      return outcome.value
    }
  }
}

/** Only what goes on the wire. */
export function boundArguments({ parameters, body }: WiredArguments): WireArguments {
  return { parameters, ...(body === undefined ? {} : { body }) }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown }

async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() }
  } catch (error) {
    return { error }
  }
}

function codeOf(error: unknown): string {
  return error instanceof JunctorError ? error.code : 'INTERNAL'
}

/** The upstream's answer as the field's value (see CompiledOperation.result). */
function fieldValue(operation: CompiledOperation, result: InvocationResult): unknown {
  const { body } = result
  if (operation.result === 'nothing') return true
  if (operation.result === 'file') return fileOf(body, result.headers['content-type'])
  if (body instanceof Bytes) return Buffer.from(body.data).toString('base64')
  return body
}

/** Of a mutation's answer there is no link: to follow it would be to do it again. */
function fileOf(body: InvocationResult['body'], contentType: string | undefined): unknown {
  if (body === null) return null
  const { data, contentType: type } = bytesOf(body, contentType)
  return { contentType: type, size: data.byteLength, base64: Buffer.from(data).toString('base64'), url: null }
}
