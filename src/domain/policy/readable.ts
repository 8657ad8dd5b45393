/** NB: there are blanks that are none to JavaScript, and letters that nobody sees: such a reason gives no reason. */
export const isReadable = (text: string): boolean => /(?!\p{DI})[\p{L}\p{N}]/u.test(text)
