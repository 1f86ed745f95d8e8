// Numbers of a database as JSON, without losing a digit.
import type { Json } from '../../src/json.ts'

/** A double holds every decimal of so many significant digits (DBL_DIG in C's float.h). */
const digitsOfDouble = 15

/** An integer in text: a number where that is exact, else bigint, which prints as the same integer. */
export function exactInteger(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

/** A decimal in text: a number where that is exact, else the text. */
export function exactDecimal(text: string): number | string {
  const digits = text.replace(/^-?0*\.?0*|\./g, '')
  return /^-?\d+(\.\d+)?$/.test(text) && digits.length <= digitsOfDouble ? Number(text) : text
}

/** A floating-point number; JSON has no NaN and no infinities, which are text. */
export function finite(number: number): Json {
  return Number.isFinite(number) ? number : String(number)
}
