// Bytes of a file → text. UTF-8 as JSON demands (RFC 8259 §8.1), with the two slips that packages really have.
import type { Findings } from './findings.ts'

/** Strips a byte order mark, and falls back to Windows-1252 where the bytes are not UTF-8 (connector-format §11). */
export function decode(bytes: Uint8Array, findings: Findings): string {
  const utf16 = utf16Label(bytes)
  if (utf16 !== null) {
    findings.warning('ENCODING_REPAIRED', 'The file is UTF-16; save it as UTF-8.')
    return new TextDecoder(utf16).decode(bytes)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    findings.warning(
      'ENCODING_REPAIRED',
      'The file is not UTF-8 and was read as Windows-1252; save it as UTF-8.',
    )
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function utf16Label(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
}
