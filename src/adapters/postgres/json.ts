// Postgres stores neither NUL characters nor lone surrogates: text that came from outside must not make a write impossible.

export const plainText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** JSON for a jsonb column. Members that are undefined are left out. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'string' ? plainText(member) : member,
  )
