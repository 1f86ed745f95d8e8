// What must stay flat over a soak, and how much is growth.
import type { Figure } from './flat.ts'
import type { Sample } from './sample.ts'

/** The first part of the time: caches fill, and the first of everything comes. */
const warmUp = 0.2

export const bounds: readonly {
  readonly name: string
  readonly unit: string
  /** Over the whole time behind the warm-up. */
  readonly most: number
  readonly of: (sample: Sample) => number
}[] = [
  { name: 'live heap', unit: 'MB', most: 6, of: ({ liveMegabytes }) => liveMegabytes },
  // Right behind a collection of garbage as well; what is outside the heap shows here alone.
  { name: 'resident memory', unit: 'MB', most: 40, of: ({ residentMegabytes }) => residentMegabytes },
  { name: 'open files and sockets', unit: '', most: 15, of: ({ sockets }) => sockets.descriptors },
  {
    name: 'connections to PostgreSQL',
    unit: '',
    most: 3,
    of: ({ databaseConnections }) => databaseConnections,
  },
  { name: 'dispatch lag p99', unit: 's', most: 1, of: ({ lagP99Seconds }) => lagP99Seconds },
]

export function warm(samples: readonly Sample[]): readonly Sample[] {
  const end = samples.at(-1)?.seconds ?? 0
  return samples.filter(({ seconds }) => seconds > end * warmUp)
}

export function figuresOf(samples: readonly Sample[]): Figure[] {
  return bounds.map(({ name, most, of }) => ({
    name,
    most,
    points: warm(samples).map(sample => ({ seconds: sample.seconds, value: of(sample) })),
  }))
}
