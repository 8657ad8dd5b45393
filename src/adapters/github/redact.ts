// NB: what GitHub or a library says about a failed call may quote the credentials it was made with.
const secrets: readonly RegExp[] = [
  // Installation tokens: `ghs_` and, since 2026, `ghs_<app id>_<JWT>` with dots. Their length is not fixed.
  /gh[a-z]_[\w.-]{16,}/g,
  /github_pat_\w{16,}/g,
  // JSON Web Tokens, such as the App's own.
  /eyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<=(?:bearer|token) )[\w.-]{16,}/gi,
]

/** One line of at most 300 characters without credentials. */
export function redact(text: string): string {
  const clean = secrets.reduce((rest, secret) => rest.replace(secret, '[redacted]'), text)
  const line = clean.replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
