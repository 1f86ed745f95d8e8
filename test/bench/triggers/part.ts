/** One thing that is measured. It prints its own table. */
export type Part = (options: PartOptions) => Promise<void>

export interface PartOptions {
  readonly rounds: number
  readonly database: string | undefined
  /** Ends what the part opened. */
  readonly stack: AsyncDisposableStack
  /** A folder that goes with the part. */
  readonly work: string
  readonly print: (text: string) => void
}
