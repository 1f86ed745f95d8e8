// Hands the graph to the panels that GraphiQL renders.
import { createContext, useContext } from 'react'
import type { Graph } from './graph.ts'

export const GraphContext = createContext<Graph | null>(null)

/** The graph of the workbench around the calling component. */
export function useGraph(): Graph {
  const graph = useContext(GraphContext)
  if (!graph) throw new Error('useGraph needs a GraphContext around the component.')
  return graph
}
