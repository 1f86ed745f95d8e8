// What several hubs say in their metrics, added up.

export interface Series {
  /** Sum of all series of this name whose labels hold the text. */
  total(name: string, labels?: string): number
  /** Upper bounds of a histogram's quantiles, of what came since `before`. */
  quantiles(name: string, before: Series): (quantile: number) => number
  readonly lines: readonly (readonly [series: string, value: number])[]
}

export async function readSeries(urls: readonly string[]): Promise<Series> {
  const texts = await Promise.all(urls.map(async url => (await fetch(url)).text()))
  const lines = texts.flatMap(text =>
    text.split('\n').flatMap(line => {
      const found = /^([^#]\S*?(?:\{.*\})?) (\S+)$/.exec(line)
      return found ? [[found[1] ?? '', Number(found[2])] as const] : []
    }),
  )
  const total = (name: string, labels = '') =>
    lines
      .filter(([series]) => (series === name || series.startsWith(`${name}{`)) && series.includes(labels))
      .reduce((sum, [, value]) => sum + value, 0)
  return {
    lines,
    total,
    quantiles(name, before) {
      const bounds = [...new Set(lines.flatMap(([series]) => bucketBound(series, name)))]
      const counts = bounds.map(bound => {
        const bucket = `le="${bound}"`
        return total(`${name}_bucket`, bucket) - before.total(`${name}_bucket`, bucket)
      })
      return quantile => {
        const all = counts.at(-1) ?? 0
        const bound = bounds[counts.findIndex(below => below >= all * quantile)]
        return bound === undefined || bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound)
      }
    },
  }
}

function bucketBound(series: string, name: string): readonly string[] {
  const bound = series.startsWith(`${name}_bucket{`) ? /le="([^"]+)"/.exec(series)?.[1] : undefined
  return bound === undefined ? [] : [bound]
}
