// Who may use the page: nobody but a browser on this machine that was led here by the page itself.
import type { MiddlewareHandler } from 'hono'

const loopback = new Set(['127.0.0.1', 'localhost'])

/**
 * NB: any website that a visitor has open can make their browser send requests here. One that points its own name at
 * this address is refused by the `Host` it names, and one that sends a form by where that came from.
 */
export const guard: MiddlewareHandler = async (c, next) => {
  const host = c.req.header('host') ?? ''
  if (!loopback.has(host.replace(/:\d+$/, '')))
    return c.text('This page is only for 127.0.0.1.', 403)
  const site = c.req.header('sec-fetch-site')
  const own = site === undefined ? undefined : site === 'same-origin' || site === 'none'
  if (c.req.method === 'POST') {
    const origin = c.req.header('origin')
    const fromHere = origin === undefined ? site === 'same-origin' : origin === `http://${host}`
    if (!fromHere || own === false) return c.text('That was not sent by this page.', 403)
  } else if (c.req.path.startsWith('/events/') && own === false)
    return c.text('That was not asked by this page.', 403)
  return next()
}

/** Nothing from elsewhere, nothing without the nonce, in nobody's frame. */
export const headersOf = (nonce: string): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  // Not `no-referrer`: forms would then be sent with the origin `null`.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
})
