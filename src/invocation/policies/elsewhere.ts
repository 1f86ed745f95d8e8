// Templates whose work is done in another place: next links are followed by their own URL, polls keep their state in
// the feed, and a 401 is reported with its status. The call itself is as if they were not there.
import type { PolicyTemplate } from './contract.ts'

export const elsewhere = {
  names: ['updatenextlink', 'pollingtrigger', 'setconnectionstatustounauthenticated'],
} satisfies PolicyTemplate
