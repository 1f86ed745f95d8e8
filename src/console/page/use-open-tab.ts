// Opens an operation's example in a new tab of the editor.
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { exampleTab } from './example-tab.ts'
import { operationsOf } from './operations-of.ts'

export interface Example {
  readonly example: string
  /** The root field that it calls. */
  readonly field: string
}

/** The returned function opens its argument. The tab has its name, and can be run, at once. */
export function useOpenTab(): (example: Example) => void {
  const { stop, addTab, setOperationFacts, updateActiveTabValues } = useGraphiQLActions()
  const queryEditor = useGraphiQL(state => state.queryEditor)
  const variableEditor = useGraphiQL(state => state.variableEditor)
  const schema = useGraphiQL(state => state.schema)
  return ({ example, field }) => {
    const { query, variables } = exampleTab(example, field, schema)
    // A subscription that runs in the tab before would go on into the new one.
    stop()
    addTab()
    queryEditor?.setValue(query)
    variableEditor?.setValue(variables)
    const editor = variables === '' ? queryEditor : variableEditor
    editor?.focus()
    const facts = operationsOf(query)
    const operationName = facts.operations[0]?.name?.value
    setOperationFacts({ ...facts, ...(operationName ? { operationName } : {}) })
    updateActiveTabValues({ query, variables, operationName: operationName ?? null })
  }
}
