// Monaco's workers as files of this page: each is bundled, named by its hash, and loaded from the hub itself.
import type { Environment } from 'monaco-editor'
import EditorWorker from 'monaco-editor/esm/vs/editor/editor.worker.js?worker'
import JsonWorker from 'monaco-editor/esm/vs/language/json/json.worker.js?worker'
import GraphqlWorker from 'monaco-graphql/esm/graphql.worker.js?worker'

const environment: Environment = {
  getWorker(_moduleId, language) {
    if (language === 'json') return new JsonWorker()
    if (language === 'graphql') return new GraphqlWorker()
    return new EditorWorker()
  },
}

/** Tells Monaco where its workers are; once, before the first editor. */
export function installMonacoWorkers(): void {
  window.MonacoEnvironment = environment
}
