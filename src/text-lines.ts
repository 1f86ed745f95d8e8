// Lines out of a stream of UTF-8.
import { Buffer } from 'node:buffer'
import { StringDecoder } from 'node:string_decoder'

/** Gives the lines that each chunk completes. Throws for a line of more than `longest` characters. */
export function createLineReader(longest: number): (chunk: Uint8Array) => readonly string[] {
  const decoder = new StringDecoder('utf8')
  let rest: string[] = []
  let length = 0
  return chunk => {
    const [first = '', ...others] = decoder.write(Buffer.from(chunk)).split('\n')
    rest.push(first)
    length += first.length
    const lines: string[] = []
    for (const other of others) {
      lines.push(rest.join(''))
      rest = [other]
      length = other.length
    }
    if (length > longest) throw new Error(`A line has more than ${longest} characters.`)
    return lines
  }
}
