// What counts as a date and time on the way in: anything that means one, because APIs differ in how they write it.

/** True for ISO 8601 in any precision, and for whatever else the platform can read as a date. */
export function isDateTimeText(text: string): boolean {
  return /^\d{4}-\d{2}(-\d{2})?([T ]|$)/.test(text) || !Number.isNaN(Date.parse(text))
}
