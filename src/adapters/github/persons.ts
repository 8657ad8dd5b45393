import type { Person } from '../../domain/subjects.ts'

/** Stands in for an account that was deleted, as on GitHub's own pages. No account has the id 0. */
const ghost: Person = { id: 0, login: 'ghost' }

export const personOf = ({ id, login }: Person): Person => ({ id, login })

export const authorOf = (user: Person | null | undefined): Person => (user ? personOf(user) : ghost)
