/** The login in `@login`, or undefined. An underscore is in the logins that an enterprise manages. */
export const readLogin = (word: string): string | undefined =>
  /^@([A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?)$/.exec(word)?.[1]
