// Hands what the workbench knows to the panels that GraphiQL renders.
import { createContext, useContext } from 'react'
import type { Graph } from './graph.ts'

export interface WorkbenchKnowledge {
  readonly graph: Graph
}

export const WorkbenchContext = createContext<WorkbenchKnowledge | null>(null)

/** What the workbench around the calling component knows. */
export function useWorkbench(): WorkbenchKnowledge {
  const knowledge = useContext(WorkbenchContext)
  if (!knowledge) throw new Error('useWorkbench needs a WorkbenchContext around the component.')
  return knowledge
}
