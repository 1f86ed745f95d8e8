// The headers of every file of the page. The policy is the page's fence: whatever a connector's title, an upstream
// answer or a Markdown description contains, no script of it runs and no request leaves the hub's own origin.

// `'self'` in connect-src covers ws: and wss: of the same origin (CSP 3 §6.7.2.8).
// style-src needs 'unsafe-inline' because Monaco writes <style> elements for its themes and decorations;
// scripts and workers need no such exception. Monaco's icon font and the editor's font are data: URLs in the style sheet.
const directives = {
  'default-src': "'none'",
  'script-src': "'self'",
  'worker-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'font-src': "'self' data:",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
}

/** The value of `content-security-policy` for every file of the page. */
export const contentSecurityPolicy = Object.entries(directives)
  .map(([name, value]) => `${name} ${value}`)
  .join('; ')

const year = 31_536_000

/** Headers of one file of the page. Files named by their content's hash are immutable; the others are never stored. */
export function consoleHeaders(asset: { contentType: string; immutable: boolean }): Record<string, string> {
  return {
    'content-type': asset.contentType,
    'cache-control': asset.immutable ? `public, max-age=${year}, immutable` : 'no-store',
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  }
}
