// Whether the credentials suit what the policy offers: whatever keeps it from being looked at is another look's to tell.
import { createLog } from '../adapters/log/create-log.ts'
import type { Environment } from '../config.ts'
import { CloudError } from '../domain/errors.ts'
import { isFilledIn, placesOf, type Shortcoming } from '../domain/lanes/places.ts'
import type { CloudRole } from '../domain/lanes/types.ts'
import { parseOrganizationPolicy } from '../domain/policy/parse.ts'
import { Ailment } from '../entrypoints/cli/doctor.ts'
import type { Cloud, PlacedReader } from '../workflows/ports.ts'
import { understand } from '../workflows/understand-document.ts'
import { connectClouds, readCloudsConfig } from './clouds.ts'

const cloudMsMax = 30_000

export async function lookAtAccess(
  environment: Environment,
  reader: PlacedReader,
): Promise<string> {
  const roles = await rolesOf(reader)
  if (roles === undefined) return 'not looked at, without a policy'
  const log = createLog('silent')
  const { clouds } = await connectClouds(readCloudsConfig(environment), { instance: 'doctor', log })
  const used = [...clouds.values()].filter(({ name }) => roles.some(({ cloud }) => cloud === name))
  const found = await Promise.all(used.map((cloud) => examine(cloud, roles)))
  const told = found.flatMap(({ shortcomings }) => shortcomings)
  const lacks = told.filter(({ kind }) => kind === 'lacks')
  if (lacks.length > 0)
    throw new Ailment(
      `lacking: ${wordsOf(lacks)}`,
      'allow these, or take out of the policy what needs them',
    )
  const exceeds = told.filter(({ kind }) => kind === 'exceeds')
  const more = exceeds.length === 0 ? [] : [`more than that is allowed: ${wordsOf(exceeds)}`]
  const untold = found.flatMap(({ untold: why }) => why ?? [])
  return untold.length < used.length || used.length === 0
    ? ['what the policy offers can be given', ...more, ...untold].join('; ')
    : untold.join('; ')
}

async function rolesOf(reader: PlacedReader): Promise<readonly CloudRole[] | undefined> {
  const reading = await reader.read({}).catch(() => undefined)
  if (reading === undefined || reading.kind === 'missing') return undefined
  const read = understand(reading, parseOrganizationPolicy)
  return read.kind === 'broken'
    ? undefined
    : [...read.value.roles.values()]
        .flatMap(({ bindings }) => bindings)
        .filter((role) => placesOf(role).every(isFilledIn))
}

interface Examined {
  readonly shortcomings: readonly Shortcoming[]
  /** Why it is not known. Credentials that do not work at all fail where they are looked at. */
  readonly untold?: string
}

async function examine(cloud: Cloud, roles: readonly CloudRole[]): Promise<Examined> {
  const guard = { signal: AbortSignal.timeout(cloudMsMax), check: () => undefined }
  const its = roles.filter((role) => role.cloud === cloud.name)
  try {
    return { shortcomings: await cloud.examine(its, guard) }
  } catch (error) {
    if (!(error instanceof CloudError)) throw error
    return { shortcomings: [], untold: `not looked at: ${error.message}` }
  }
}

const wordsOf = (all: readonly Shortcoming[]): string =>
  all.map(({ permission, where }) => `${permission} ${where}`).join('; ')
