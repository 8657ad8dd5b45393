// NB: what GitHub, a cloud or a library says about a failed call may quote the credentials it was made with.
const secrets: readonly RegExp[] = [
  // GitHub's installation tokens: `ghs_` and, since 2026, `ghs_<app id>_<JWT>` with dots. Their length is not fixed.
  /gh[a-z]_[\w.-]{16,}/g,
  /github_pat_\w{16,}/g,
  // JSON Web Tokens, such as the App's own, and Entra's access tokens.
  /eyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // What stands before the host in an address: postgres://user:password@host.
  /(?<=[a-z]:\/\/)[^\s/@:]*:[^\s@]*@/gi,
  // AWS: access keys and temporary ones, session tokens, and secret keys that stand alone (40 characters, no hash).
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g,
  /\b(?:IQoJ|FwoG|FQoG)[\w+/=%-]{40,}/g,
  /(?<![\w+/=-])(?=[a-z0-9+/]{0,39}[A-Z])(?=[A-Z0-9+/]{0,39}[a-z])(?=[A-Za-z+/]{0,39}\d)[A-Za-z0-9+/]{40}(?![\w+/=-])/g,
  // Google's access tokens and API keys, and Entra's client secrets.
  /\bya29\.[\w.-]{10,}/g,
  /\bAIza[\w-]{30,}/g,
  /[\w~.-]{3}[78]Q~[\w~.-]{31,40}/g,
  /(?<=\b(?:bearer|token|basic) )[\w.~+/=-]{16,}/gi,
  // Whatever is called one, in JSON, XML, a query or a form.
  /(?<=(?:secret|password|passwd|token|api_?-?key|access_?key|assertion|signature|authorization)"?(?:[:=]|>) ?"?)[^\s"',&;<>}]{8,}/gi,
]

const textMax = 20_000

/** The text without what looks like a credential. NB: what is longer than any sentence of ours is cut, not looked through. */
export const withoutSecrets = (text: string): string =>
  secrets.reduce((rest, secret) => rest.replace(secret, '[redacted]'), text.slice(0, textMax))

/** One line of at most 300 characters without credentials. */
export function redact(text: string): string {
  const line = withoutSecrets(text).replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}

/** What an error says, for the ledger and for people: its message alone, without credentials. */
export const wordsOf = (error: unknown): string =>
  error instanceof Error ? withoutSecrets(error.message).slice(0, 500) : 'unknown failure'
