// Every handshake, and which of them a webhook takes part in.
import type { WebhookScheme } from '../../../definition/index.ts'
import { azureEventGrid } from './azure-event-grid.ts'
import { cloudevents } from './cloudevents.ts'
import type { Handshake } from './contract.ts'
import { hookSecret } from './hook-secret.ts'
import { meta } from './meta.ts'
import { microsoftGraph } from './microsoft-graph.ts'
import { slack } from './slack.ts'
import { x } from './x.ts'
import { zoom } from './zoom.ts'

export type { Handshake, HandshakeAnswer, HandshakeKeys } from './contract.ts'

export const handshakes: readonly Handshake[] = [
  slack,
  microsoftGraph,
  meta,
  zoom,
  x,
  azureEventGrid,
  cloudevents,
  hookSecret,
]

const ofScheme: Partial<Record<WebhookScheme, Handshake>> = {
  slack,
  'microsoft-graph': microsoftGraph,
  meta,
  zoom,
  x,
  'hook-secret': hookSecret,
  // Event Grid can be told to send a header.
  token: azureEventGrid,
}

/**
 * Of a scheme its own; where none is declared, those that need no secret: their questions are told from deliveries by
 * their form. Whoever has the URL may send, so that answering gives nothing away.
 */
export function handshakesOf(scheme: WebhookScheme | null): readonly Handshake[] {
  if (scheme === null) return [slack, microsoftGraph, azureEventGrid, cloudevents, hookSecret]
  const own = ofScheme[scheme]
  return own ? [own, cloudevents] : [cloudevents]
}
