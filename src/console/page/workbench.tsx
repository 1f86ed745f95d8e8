// GraphiQL with Junctor's panel, for somebody who is signed in.
import './style/editor-style.ts'
import './style/workbench.css'
import './style/panel.css'
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql'
import { useCallback, useMemo } from 'react'
import type { ConsoleState } from '../console-state.ts'
import { signOut } from './account.ts'
import { connectorsPlugin } from './connectors/connectors-plugin.tsx'
import { firstQuery } from './first-query.ts'
import { createGraph } from './graph.ts'
import { installMonacoWorkers } from './monaco-workers.ts'
import { personalStorage } from './personal-storage.ts'
import { SystemTheme } from './system-theme.tsx'
import { TopBar } from './top-bar.tsx'
import { WorkbenchContext } from './workbench-context.ts'
import { WrappedLines } from './wrapped-lines.tsx'

export interface WorkbenchProps {
  readonly user: NonNullable<ConsoleState['user']>
  readonly onUnauthenticated: () => Promise<void>
}

installMonacoWorkers()

const plugins = [connectorsPlugin, HISTORY_PLUGIN]

export function Workbench({ user, onUnauthenticated }: WorkbenchProps) {
  const graph = useMemo(
    () => createGraph({ onUnauthenticated: () => void onUnauthenticated() }),
    [onUnauthenticated],
  )
  const knowledge = useMemo(() => ({ graph }), [graph])
  const storage = useMemo(() => personalStorage(user.email, window.localStorage), [user.email])
  const leave = useCallback(async () => {
    await signOut()
    storage.end()
    // Monaco keeps the text of its editors in memory; only a new page forgets it.
    window.location.reload()
  }, [storage])

  return (
    <WorkbenchContext value={knowledge}>
      <div className="workbench">
        <TopBar user={user} onSignOut={leave} />
        <GraphiQL
          fetcher={graph.fetcher}
          storage={storage}
          plugins={plugins}
          visiblePlugin={connectorsPlugin}
          defaultQuery={firstQuery}
          defaultEditorToolsVisibility="variables"
          isHeadersEditorEnabled={false}
          shouldPersistHeaders={false}
          inputValueDeprecation
          schemaDescription
        >
          <GraphiQL.Logo> </GraphiQL.Logo>
          <SystemTheme />
          <WrappedLines />
        </GraphiQL>
      </div>
    </WorkbenchContext>
  )
}
