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

/** A single-precision number that a driver reads as a double: the shortest decimal that stands for the same one. */
export function shortestSingle(number: number): number {
  // Digits have no negative zero.
  if (number === 0) return number
  // Nine significant digits tell all of them apart (FLT_DECIMAL_DIG in C's float.h).
  const lengths = [6, 7, 8]
  const shortest = lengths.find(digits => Math.fround(Number(number.toPrecision(digits))) === number)
  return Number(number.toPrecision(shortest ?? 9))
}
