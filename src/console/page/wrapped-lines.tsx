// Long lines of the query, comments above all, wrap as those of the response do.
import { useGraphiQL } from '@graphiql/react'
import { useEffect } from 'react'

export function WrappedLines() {
  const editor = useGraphiQL(state => state.queryEditor)
  useEffect(() => editor?.updateOptions({ wordWrap: 'on', wrappingIndent: 'same' }), [editor])
  return null
}
