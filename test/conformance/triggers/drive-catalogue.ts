// Every trigger of the catalogue, driven. One process compiles a connector while this one drives the one before.
import { systemClock } from '../../../src/clock.ts'
import { findPackages } from '../../../src/definition/index.ts'
import type { Compiled } from '../../../src/gateway/catalogue/compiled.ts'
import { createCompiler } from '../../../src/gateway/index.ts'
import { catalogueFolder } from '../calls/call-catalogue.ts'
import { knownConnection } from '../calls/connection-values.ts'
import { type DeclaredOperation, declaredOperations } from '../calls/declared-operation.ts'
import { drawArguments } from '../calls/draw-arguments.ts'
import type { Extent } from '../calls/faults.ts'
import { openInvoker } from '../calls/graph.ts'
import { type PackageText, readPackageText } from '../calls/package-text.ts'
import { hostTemplates, namesInPolicies, policiesOf } from '../calls/policies-as-written.ts'
import { createJudge } from '../calls/schema-check.ts'
import { isScripted } from '../calls/scripted.ts'
import { seeded } from '../calls/seeded.ts'
import { startStandIn } from '../calls/upstream.ts'
import { type DeclaredTrigger, declaredTrigger } from './declared-trigger.ts'
import type { Drive } from './drive.ts'
import { drivePolicy } from './drive-policy.ts'
import { driveProtocol } from './drive-protocol.ts'
import { driveWebhook } from './drive-webhook.ts'
import type { TriggerFault } from './trigger-faults.ts'
import { openWorld } from './world.ts'

export interface TriggerRecord {
  readonly connector: string
  readonly operation: string
  readonly extent: Extent
  readonly kind: DeclaredTrigger['kind']
  /** Refused, since a script would have to run. */
  readonly scripted: boolean
  readonly faults: readonly TriggerFault[]
}

type Means = Pick<Drive, 'standIn' | 'world'>

/** Yields what came of each life. `only`: connectors whose name holds this. */
export async function* driveCatalogue(only = ''): AsyncGenerator<TriggerRecord> {
  // The compiler's process keeps nobody awake, not even while it ends.
  using _awake = setInterval(() => {}, 60_000)
  await using standIn = await startStandIn()
  await using invoker = openInvoker(standIn.origin)
  await using world = await openWorld(invoker)
  await using compiler = createCompiler({ clock: systemClock })
  const found = []
  for (const { name, folder } of (await findPackages([catalogueFolder])).filter(each =>
    each.name.includes(only),
  )) {
    const text = await readPackageText(folder)
    const triggers = triggersOf(text)
    if (triggers.length > 0) found.push({ name, folder, text, triggers })
  }
  const compile = ({ name, folder }: { readonly name: string; readonly folder: string }) =>
    compiler.compile(name, { kind: 'folder', folder }, true).done
  let next = found[0] ? compile(found[0]) : null
  for (const [index, each] of found.entries()) {
    const compiled = await next
    const following = found[index + 1]
    next = following ? compile(following) : null
    // Nobody waits for it any more where the caller stops early.
    next?.catch(() => {})
    if (compiled) yield* driveConnector(each, compiled, { standIn, world })
  }
}

interface Declared {
  readonly operation: DeclaredOperation
  readonly trigger: DeclaredTrigger
}

function triggersOf(text: PackageText): readonly Declared[] {
  return [...declaredOperations(text.document).values()].flatMap(operation => {
    const trigger = declaredTrigger(text, operation)
    return trigger ? [{ operation, trigger }] : []
  })
}

async function* driveConnector(
  {
    name,
    text,
    triggers,
  }: { readonly name: string; readonly text: PackageText; readonly triggers: readonly Declared[] },
  compiled: Compiled,
  means: Means,
): AsyncGenerator<TriggerRecord> {
  const { definition } = compiled
  if (!definition) throw new Error(`${name} is quarantined.`)
  const templates = hostTemplates(text.properties)
  for (const extent of ['all', 'required'] as const) {
    const { authentications } = definition
    // Where there are several ways to connect, the first and the last have their turn.
    const connection = knownConnection(definition, templates, authentications.at(extent === 'all' ? 0 : -1))
    const served = await means.world.connect(name, compiled, connection)
    const judge = createJudge(text.document)
    for (const { operation: declared, trigger } of triggers) {
      const operation = compiled.artifact?.operations.find(each => each.operationId === declared.id)
      const chance = seeded(`${name}/${declared.id}/${extent}`)
      const plainNames = namesInPolicies(policiesOf(text.properties, declared.id))
      const drawing = { document: text.document, chance, extent, plainNames }
      const faults =
        operation && compiled.artifact
          ? await driven(
              {
                connector: name,
                text,
                artifact: compiled.artifact,
                operation,
                declared,
                extent,
                connection,
                drawn: drawArguments(drawing, asSent(declared, trigger)),
                served,
                judge,
                ...means,
              },
              trigger,
            )
          : [{ stage: 'begin', kind: 'not in the graph', detail: '' } as const]
      const isRefused = faults.some(
        ({ kind, detail }) => /SCRIPT_REQUIRED/.test(kind) || /C# script/.test(detail),
      )
      const scripted = isRefused && isScripted(text, declared.id)
      yield {
        connector: name,
        operation: declared.id,
        extent,
        kind: trigger.kind,
        scripted,
        faults: scripted ? [] : faults,
      }
    }
  }
}

/** A body with a callback in it is sent whether or not it must be. */
function asSent(operation: DeclaredOperation, trigger: DeclaredTrigger): DeclaredOperation {
  const { body } = operation
  if (!body || trigger.kind !== 'webhook' || trigger.callbackPaths.length === 0) return operation
  return { ...operation, body: { ...body, required: true } }
}

async function driven(drive: Drive, trigger: DeclaredTrigger): Promise<readonly TriggerFault[]> {
  try {
    if (trigger.kind === 'webhook') return await driveWebhook(drive, trigger)
    return await (trigger.kind === 'policy' ? drivePolicy : driveProtocol)(drive, trigger)
  } catch (error) {
    return [{ stage: 'begin', kind: 'check failed', detail: String(error) }]
  }
}
