// Where the shared corpus is: JUNCTOR_CORPUS, or beside the repository.
import { resolve } from 'node:path'

/** Absolute path of a file or folder of the corpus, there or not. */
export function corpus(path: string): string {
  return resolve(process.env.JUNCTOR_CORPUS ?? resolve(import.meta.dirname, '../../../shared/corpus'), path)
}
