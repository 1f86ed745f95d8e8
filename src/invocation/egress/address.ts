// Which addresses the hub may call: public ones always, private ones where the operator allows the origin, some never.
import ipaddr from 'ipaddr.js'

export type Reach = 'public' | 'private' | 'never'

/** Ranges that an operator may open for one origin; all other special ranges stay closed. */
const openable = new Set<string>(['loopback', 'private', 'carrierGradeNat', 'uniqueLocal'])

/** RFC 4291 §2.5.4: all of global unicast that is assigned lies here; NAT64, mapped and compatible addresses do not. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Metadata services of clouds that live in a range which may be opened, or in a public one. */
const metadata = new Set(['100.100.100.200', '168.63.129.16', 'fd00:ec2::254'])

/** Says how far an IP address may be reached. Text that is no address is never reached. */
export function reachOf(address: string): Reach {
  if (!ipaddr.isValid(address)) return 'never'
  const parsed = ipaddr.parse(address)
  if (metadata.has(parsed.toString())) return 'never'
  const range = parsed.range()
  if (openable.has(range)) return 'private'
  if (range !== 'unicast') return 'never'
  return parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast) ? 'public' : 'never'
}
