import type { PolicyProblem } from './types.ts'

/** `file:line:column message`, as compilers and editors write and read it. */
export const formatProblem = ({ file, line, column, message }: PolicyProblem): string =>
  `${file}:${line}:${column} ${message}`
