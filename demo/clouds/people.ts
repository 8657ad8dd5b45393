// Who is known in the clouds that know nobody by an IAM user: as the demo's policy says.
import type { CloudPerson, SceneClouds } from '../../sandbox/scene-clouds.ts'

export const people = ['octocat', 'mona'] as const

const personIn = (clouds: SceneClouds, login: string): CloudPerson | undefined => {
  const known = people.find((it) => it === login)
  return known && clouds[known]
}

export const memberOf = (clouds: SceneClouds, login: string): string | undefined =>
  personIn(clouds, login)?.member

export const objectIdIn = (clouds: SceneClouds, login: string): string | undefined =>
  personIn(clouds, login)?.objectId
