import { commandTable } from '../../commands/command-table.ts'

/** The same table that README shows. */
export const helpAnswer = (): string =>
  `Write these on lines of their own, in a new comment: what is edited into one later does not count.\n\n${commandTable()}`
