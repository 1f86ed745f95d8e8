// JSON text that breaks the grammar → the value its author meant, with every repair told (connector-format §11).
// The repairs are those that published packages need; anything else stays an error.
import type { OnSlip } from './json-tokens.ts'
import { type LooseReading, readLooseJson } from './loose-json.ts'
import type { Parsed, Repair, Unparsable } from './parsed-text.ts'

/** A text with more slips is told by these and a count. */
const mostSlips = 100

/**
 * Reads the text by its brackets, and once more by its indentation where brackets had to be put in or left out. Of the
 * two readings the one counts that explains the text with the fewest repairs and lines in the wrong place.
 */
export function repairJson(text: string): Parsed | Unparsable {
  const slips = collectSlips()
  const plain = readLooseJson(text, false, slips.add)
  if (!('problem' in plain) && plain.bracketRepairs === 0 && plain.rest === '')
    return { value: plain.value, repairs: [...plain.repairs, ...slips.list()] }
  const guidedSlips = collectSlips()
  const guided = readLooseJson(text, true, guidedSlips.add)
  if ('problem' in guided) return 'problem' in plain ? plain : repaired(plain, slips.list())
  const byBrackets = !('problem' in plain) && faults(plain) <= faults(guided)
  return byBrackets ? repaired(plain, slips.list()) : repaired(guided, guidedSlips.list())
}

function faults({ repairs, disagreements, rest }: LooseReading): number {
  return repairs.length + disagreements + (rest === '' ? 0 : rest.split('\n').length)
}

function repaired(reading: LooseReading, slips: readonly Repair[]): Parsed | Unparsable {
  const { value, repairs, bracketRepairs, disagreements, indented, rest } = reading
  if (/"\s*:/.test(rest)) return { problem: 'It goes on behind its closing bracket, and that would be lost.' }
  const doubtful = bracketRepairs > 0 && (!indented || disagreements > 0)
  return { value, repairs: [...repairs, ...slips, ...(doubtful ? [doubt] : [])] }
}

const doubt: Repair = {
  message:
    'Brackets were put in or left out where the indentation does not show that they belong: compare what was read with what is meant.',
}

/** Slips harm nothing and are not counted as repairs; each is told with its line. */
function collectSlips(): { readonly add: OnSlip; list(): readonly Repair[] } {
  const kept: Repair[] = []
  let more = 0
  return {
    add(line, what) {
      if (kept.length < mostSlips) kept.push({ message: `Line ${line}: ${what}` })
      else more += 1
    },
    list: () =>
      more === 0 ? kept : [...kept, { message: `${more} more slips of these kinds were repaired.` }],
  }
}
