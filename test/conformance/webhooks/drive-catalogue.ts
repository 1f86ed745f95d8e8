// Every webhook of the catalogue, driven one after the other on one store.
import { findPackages, readPackage } from '../../../src/definition/index.ts'
import { openInvoker } from '../../invocation/open-invoker.ts'
import { openWorld } from '../../triggers/hub.ts'
import { catalogueFolder } from '../calls/call-catalogue.ts'
import { knownConnection } from '../calls/connection-values.ts'
import { readPackageText } from '../calls/package-text.ts'
import { hostTemplates } from '../calls/policies-as-written.ts'
import { driveWebhook } from './drive-webhook.ts'
import { startRegistrations } from './provider.ts'

export interface Driven {
  readonly webhook: string
  readonly kind: 'trigger' | 'action' | 'script'
  readonly faults: readonly string[]
}

export async function* driveCatalogue(): AsyncGenerator<Driven> {
  await using world = await openWorld()
  await using registrations = await startRegistrations()
  await using opened = openInvoker({
    allowPrivate: [registrations.origin],
    origins: [{ from: '*', to: registrations.origin }],
  })
  for (const { folder } of await findPackages([catalogueFolder])) {
    const { definition } = await readPackage(folder)
    const webhooks = definition?.operations.filter(({ role }) => role.role === 'webhook') ?? []
    if (!definition || webhooks.length === 0) continue
    const { properties } = await readPackageText(folder)
    const { open } = knownConnection(definition, hostTemplates(properties), definition.authentications[0])
    await using triggers = world.engine({
      invoker: opened.invoker,
      connectors: { get: async () => definition },
      async openConnection() {
        if (!open) throw new Error('There is no connection.')
        return open
      },
    })
    const means = { world, triggers, registrations }
    for (const operation of webhooks) {
      const faults = await driveWebhook(means, definition, operation, open !== null)
      const once = operation.role.role === 'webhook' && operation.role.once
      const kind = operation.scripted ? 'script' : once ? 'action' : 'trigger'
      yield { webhook: `${definition.name}/${operation.id}`, kind, faults }
    }
  }
}
