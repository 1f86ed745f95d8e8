// A connector's initial on its brand colour. Its icon URL is not loaded: it would tell a foreign host who looks.
import type { ConnectorSummary } from './documents.ts'

const hexColour = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i

export function ConnectorBadge({ connector }: { connector: Pick<ConnectorSummary, 'title' | 'brandColor'> }) {
  return (
    <span className="badge" style={colours(connector.brandColor)} aria-hidden="true">
      {connector.title.trim().charAt(0).toUpperCase()}
    </span>
  )
}

/** Only a plain hexadecimal colour is used; black or white stands on it, whichever is easier to read. */
function colours(brandColor: string | null) {
  const [, red, green, blue] = hexColour.exec(brandColor ?? '') ?? []
  if (!brandColor || !red || !green || !blue) return undefined
  // Perceived brightness, ITU-R BT.601.
  const part = (hex: string) => Number.parseInt(hex, 16)
  const brightness = 0.299 * part(red) + 0.587 * part(green) + 0.114 * part(blue)
  return { backgroundColor: brandColor, color: brightness > 150 ? '#1a1a1a' : '#ffffff' }
}
