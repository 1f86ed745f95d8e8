// Times as callers write them, for databases that would drop their offset.

const moment = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?(?:(Z)|([+-]\d\d)(?::?(\d\d))?)?$/i

export interface Moment {
  /** `2026-01-31 10:00:00.123456`; in UTC where an offset was given. */
  readonly text: string
  readonly hasOffset: boolean
}

/** Reads ISO 8601 and moves it to UTC; null for text of another form, which the database may know. */
export function readMoment(text: string): Moment | null {
  const [, day, time, fraction = '', zulu, hours, minutes = '00'] = moment.exec(text) ?? []
  if (!day || !time) return null
  if (!hours) return { text: `${day} ${time}${fraction}`, hasOffset: zulu !== undefined }
  // Date holds milliseconds; the digits behind them do not change with the offset.
  const seconds = new Date(`${day}T${time}${hours}:${minutes}`)
  if (Number.isNaN(seconds.getTime())) return null
  return { text: `${seconds.toISOString().slice(0, 19).replace('T', ' ')}${fraction}`, hasOffset: true }
}
