// Request path → file of the built page. The folder is listed once and only listed files are ever answered,
// so that no path, however it is spelt, reaches anything else on the disk.
import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'

interface ConsoleAsset {
  /** Absolute. */
  readonly file: string
  readonly contentType: string
  /** True where the file's name carries the hash of its content. */
  readonly immutable: boolean
}

export interface ConsoleAssets {
  /** False where the page was not built; `lookup('/')` then answers a plain page that says how to build it. */
  readonly built: boolean
  /** Absolute; every built file lies in it. */
  readonly folder: string
  /** By the path of the request URL, still percent-encoded. Undefined for whatever is not a file of the page. */
  lookup(path: string): ConsoleAsset | undefined
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
}

const builtFolder = join(import.meta.dirname, 'dist')
const unbuiltPage = join(import.meta.dirname, 'unbuilt.html')

/** Lists the built page in `folder` (the build's own where left out). A later build is seen by a new call. */
export function consoleAssets(folder: string = builtFolder): ConsoleAssets {
  const assets = new Map<string, ConsoleAsset>()
  for (const path of filesIn(folder)) {
    const contentType = contentTypes[extname(path)]
    if (contentType)
      assets.set(`/${path}`, { file: join(folder, path), contentType, immutable: path.startsWith('assets/') })
  }
  const page = assets.get('/index.html')
  assets.set('/', page ?? { file: unbuiltPage, contentType: 'text/html; charset=utf-8', immutable: false })
  return { built: page !== undefined, folder, lookup: path => assets.get(path) }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      )
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
