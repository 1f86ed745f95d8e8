// The panel "Connectors": the list, or the connector that was opened from it.
import type { GraphiQLPlugin } from '@graphiql/react'
import { useState } from 'react'
import { ConnectorList } from './connector-list.tsx'
import { ConnectorView } from './connector-view.tsx'

export const connectorsPlugin: GraphiQLPlugin = {
  title: 'Connectors',
  icon: PlugIcon,
  content: ConnectorsPanel,
}

function ConnectorsPanel() {
  const [opened, setOpened] = useState<string | null>(null)
  const [search, setSearch] = useState('')
  if (opened !== null) return <ConnectorView key={opened} name={opened} onBack={() => setOpened(null)} />
  return <ConnectorList search={search} onSearch={setSearch} onOpen={setOpened} />
}

function PlugIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" aria-hidden="true">
      <path strokeLinecap="round" d="M9 3v5M15 3v5M12 17v4" />
      <path strokeLinejoin="round" d="M6 8h12v3a6 6 0 0 1-12 0z" />
    </svg>
  )
}
