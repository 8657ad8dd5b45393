// Reads settings one by one, and gathers all that is wrong with them before anybody is told.
import { ConfigError } from '../domain/errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export type Reader = ReturnType<typeof reader>

export function reader(environment: Environment) {
  const problems: string[] = []
  /** An empty value counts as not set: that is how `.env` files leave things out. */
  const optional = (name: string): string | undefined => {
    const value = environment[name]?.trim()
    return value === undefined || value === '' ? undefined : value
  }
  const required = (name: string, what: string): string => {
    const value = optional(name)
    if (value === undefined) throw new ConfigError(`${name} is missing: ${what}.`)
    return value
  }
  const integer = (name: string, range: { fallback: number; min: number; max: number }) => {
    const value = optional(name)
    if (value === undefined) return range.fallback
    const number = Number(value)
    if (!Number.isInteger(number) || number < range.min || number > range.max)
      throw new ConfigError(`${name} must be a whole number from ${range.min} to ${range.max}.`)
    return number
  }
  const requiredInteger = (name: string, what: string): number => {
    required(name, what)
    return integer(name, { fallback: 0, min: 1, max: Number.MAX_SAFE_INTEGER })
  }
  /** Collects a ConfigError so that one start names everything that is wrong. */
  const group = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(error.message)
      return undefined
    }
  }
  const all = <T extends object>(parts: { [K in keyof T]: () => T[K] }): T =>
    Object.fromEntries(
      Object.entries(parts).map(([name, read]) => [name, group(read as () => unknown)]),
    ) as T
  return { problems, optional, required, integer, requiredInteger, group, all }
}
