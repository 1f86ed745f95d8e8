// A status of the graph as a small coloured word.

const tones: Readonly<Record<string, string>> = {
  READY: 'good',
  ACTIVE: 'good',
  DEGRADED: 'warn',
  PENDING: 'warn',
  NEEDS_AUTHORIZATION: 'warn',
  QUARANTINED: 'bad',
  REVOKED: 'bad',
  DISABLED: 'bad',
}

export function StatusPill({ status }: { status: string }) {
  return <span className={`pill ${tones[status] ?? ''}`}>{status.toLowerCase().replaceAll('_', ' ')}</span>
}
