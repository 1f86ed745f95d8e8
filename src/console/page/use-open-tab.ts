// Opens a document in a new tab of the editor.
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { operationsOf } from './operations-of.ts'

/** The returned function opens its argument. The tab has its name, and can be run, at once. */
export function useOpenTab(): (document: string) => void {
  const { stop, addTab, setOperationFacts, updateActiveTabValues } = useGraphiQLActions()
  const editor = useGraphiQL(state => state.queryEditor)
  return document => {
    // A subscription that runs in the tab before would go on into the new one.
    stop()
    addTab()
    editor?.setValue(document)
    editor?.focus()
    const facts = operationsOf(document)
    const operationName = facts.operations[0]?.name?.value
    setOperationFacts({ ...facts, ...(operationName ? { operationName } : {}) })
    updateActiveTabValues({ query: document, operationName: operationName ?? null })
  }
}
