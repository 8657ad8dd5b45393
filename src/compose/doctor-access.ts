// Whether the credentials suit what the policy offers: whatever keeps it from being looked at is another look's to tell.
import { createLog } from '../adapters/log/create-log.ts'
import type { Environment } from '../config.ts'
import { CloudError } from '../domain/errors.ts'
import { isFilledIn, placesOf, type Shortcoming } from '../domain/lanes/places.ts'
import { cloudTitles, type CloudName } from '../domain/lanes/clouds.ts'
import type { CloudRole } from '../domain/lanes/types.ts'
import { parseOrganizationPolicy } from '../domain/policy/parse.ts'
import { Ailment, Skipped } from '../entrypoints/cli/doctor.ts'
import type { Cloud, DocumentReading } from '../workflows/ports.ts'
import { understand } from '../workflows/understand-document.ts'
import { connectClouds, readCloudsConfig } from './clouds.ts'

const cloudMsMax = 30_000

export async function lookAtAccess(
  environment: Environment,
  offered: readonly CloudRole[] | undefined,
): Promise<string> {
  if (offered === undefined) throw new Skipped('there is no policy that can be read')
  const roles = offered.filter((role) => placesOf(role).every(isFilledIn))
  const log = createLog('silent')
  const { clouds } = await connectClouds(readCloudsConfig(environment), { instance: 'doctor', log })
  refuseUnconnected(clouds, offered)
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
  if (untold.length > 0) throw new Skipped([...untold, ...more].join('; '))
  return ['what the policy offers can be given', ...more].join('; ')
}

const settings: Readonly<Record<Exclude<CloudName, 'aws'>, string>> = {
  'identity-center': 'HALLPASS_IDENTITY_CENTER_REGION',
  gcp: 'HALLPASS_GCP',
  azure: 'HALLPASS_AZURE',
}

/** Everybody who asks for what is there would be refused. */
function refuseUnconnected(
  connected: ReadonlyMap<CloudName, Cloud>,
  roles: readonly CloudRole[],
): void {
  const missing = new Set(roles.map(({ cloud }) => cloud).filter((cloud) => !connected.has(cloud)))
  const [first] = missing
  if (first === undefined || first === 'aws') return
  throw new Ailment(
    `the policy offers what is in ${[...missing].map((cloud) => cloudTitles[cloud]).join(' and ')}, and Hallpass is not connected to it: nobody is given any of that`,
    `set ${settings[first]} (see .env.example), or take these roles out of the policy`,
  )
}

/** What the policy can give. Undefined where it cannot be read, or understood. */
export function offeredBy(reading: DocumentReading): readonly CloudRole[] | undefined {
  if (reading.kind === 'missing') return undefined
  const read = understand(reading, parseOrganizationPolicy)
  return read.kind === 'broken'
    ? undefined
    : [...read.value.roles.values()].flatMap(({ bindings }) => bindings)
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
    return { shortcomings: [], untold: error.message }
  }
}

const wordsOf = (all: readonly Shortcoming[]): string =>
  all.map(({ permission, where }) => `${permission} ${where}`).join('; ')
