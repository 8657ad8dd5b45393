import { readFileSync } from 'node:fs'
import { ConfigError } from '../domain/errors.ts'
import type { Reader } from './reader.ts'
import { pathTold } from './told.ts'

/** PEM. */
export function readPrivateKey(read: Reader, where: string): string {
  const key = readKey(read, 'PRIVATE_KEY', 'PRIVATE_KEY_PATH')
  if (key !== undefined) return key
  throw new ConfigError(
    `PRIVATE_KEY or PRIVATE_KEY_PATH is missing: the App's private key as PEM, or the path of the .pem file (${where}).`,
  )
}

/** The App's other key while it is rotated: GitHub lets an App have several. */
export const readPreviousKey = (read: Reader): string | undefined =>
  readKey(read, 'PRIVATE_KEY_PREVIOUS', 'PRIVATE_KEY_PREVIOUS_PATH')

function readKey(read: Reader, name: string, nameOfPath: string): string | undefined {
  const path = read.optional(nameOfPath)
  const given = read.optional(name)
  const value = given ?? (path === undefined ? undefined : keyFile(nameOfPath, path))
  if (value === undefined) return undefined
  const pem = decodeKey(value)
  if (!/-----BEGIN (RSA )?PRIVATE KEY-----[\s\S]+-----END (RSA )?PRIVATE KEY-----/.test(pem))
    throw new ConfigError(
      given === undefined
        ? `${nameOfPath}: ${fileOf(path ?? '')} is not a PEM private key. Give it the path of the .pem file that GitHub gave you.`
        : `${name} is not a PEM private key. Paste the whole file that GitHub gave you, or its base64; line breaks may be written as \\n.`,
    )
  return pem
}

function keyFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    // Its own words repeat the path.
    const why = pathTold(path) === undefined ? undefined : { cause }
    throw new ConfigError(`${name}: ${fileOf(path)} cannot be read.`, why)
  }
}

const fileOf = (path: string): string => {
  const told = pathTold(path)
  return told === undefined ? 'what it holds is no path, or its file' : `the file ${told}`
}

function decodeKey(value: string): string {
  const text = value.includes('-----BEGIN') ? value : Buffer.from(value, 'base64').toString('utf8')
  return text.replaceAll('\\n', '\n').trim() + '\n'
}
