import type { Client } from './client.ts'

/** What GitHub says of who wrote a comment or an issue. */
export interface Written {
  readonly user: { readonly login: string; readonly type: string } | null
  readonly performed_via_github_app?: { readonly id: number } | null
}

/** The login of our App's own bot account. No person's login can end in `[bot]`. */
export const botLogin = async (slug: () => Promise<string>): Promise<string> =>
  `${await slug()}[bot]`

/**
 * NB: anybody can write a marker, and with `pull_requests: write` we could edit anybody's comment. Ours is what a bot
 * wrote through our App; where GitHub does not say which App it was, what our own bot account wrote.
 */
export async function isOurs(
  client: Client,
  { user, performed_via_github_app: app }: Written,
  slug: () => Promise<string>,
): Promise<boolean> {
  if (user?.type !== 'Bot') return false
  if (app) return app.id === client.appId
  return user.login === (await botLogin(slug))
}
