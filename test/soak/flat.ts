// Whether a figure that was looked at again and again stays where it is. One look may be far off (a collection of
// garbage, a busy machine); what counts is the whole.
import { median } from '../bench/measure/figures.ts'

export interface Point {
  readonly seconds: number
  readonly value: number
}

/** Fewer looks tell nothing. */
const fewest = 15
/** The last part of the time, held against all before it. */
const lastPart = 0.2

/**
 * The median of the slopes between all pairs of points, by second (Theil 1950, Sen 1968): up to 29 % of the points may
 * be anything without moving it far. NaN for fewer than two points.
 */
export function theilSen(points: readonly Point[]): number {
  const slopes: number[] = []
  points.forEach((one, index) => {
    for (const other of points.slice(index + 1))
      if (other.seconds !== one.seconds)
        slopes.push((other.value - one.value) / (other.seconds - one.seconds))
  })
  return median(slopes)
}

export interface Growth {
  /** How far the figure rises over the time that was looked at, by its slope. */
  readonly steady: number
  /** How far the last part of the time lies above what was before: sees what began late, which the slope does not. */
  readonly late: number
}

export function growthOf(points: readonly Point[]): Growth {
  const first = points[0]?.seconds ?? 0
  const last = points.at(-1)?.seconds ?? 0
  const border = last - (last - first) * lastPart
  const values = (of: (seconds: number) => boolean) =>
    points.filter(({ seconds }) => of(seconds)).map(({ value }) => value)
  return {
    steady: theilSen(points) * (last - first),
    late: median(values(seconds => seconds > border)) - median(values(seconds => seconds <= border)),
  }
}

export interface Figure {
  readonly name: string
  readonly points: readonly Point[]
  /** More than this over the whole time is growth. */
  readonly most: number
}

/** What grows, in sentences; empty where all is flat. Falling is no fault. */
export function flatFaults({ name, points, most }: Figure): string[] {
  if (points.length < fewest) return [`${name}: ${points.length} looks are too few to tell.`]
  if (!points.every(({ value }) => Number.isFinite(value))) return [`${name}: some looks gave no figure.`]
  const { steady, late } = growthOf(points)
  return [
    ...(steady > most ? [`${name}: grows by ${steady.toFixed(2)}, and ${most} is the most.`] : []),
    ...(late > most
      ? [`${name}: is ${late.toFixed(2)} higher in the end than before, and ${most} is the most.`]
      : []),
  ]
}
