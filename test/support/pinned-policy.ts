// The organization's document in a repository of its own, and what people do to it there.
import type { Account, Check, PullRequest, Repository, Team } from '../../sandbox/github/index.ts'
import { begin, type Journey, type JourneyOptions } from './journey.ts'
import { logsPolicy } from './policies.ts'
import { found } from './seen.ts'

export const pinned = { repositoryId: 7100, branch: 'main', path: 'policy.yml' }

const guard = '\npolicy_changes: { widening: { by: [team:security], count: 1 } }\n'
export const guardedPolicy = (options: Parameters<typeof logsPolicy>[0] = {}): string =>
  `${logsPolicy(options)}${guard}`
/** More than `guardedPolicy` gives: up to eight hours in place of four. */
export const widerPolicy = (): string => guardedPolicy().replace('max: 4h', 'max: 8h')

export interface PinnedJourney extends Journey {
  readonly access: Repository
  readonly security: Team
  /** Of the team that guards the document. */
  readonly sarah: Account
}

export async function beginPinned(
  policy: string,
  options: JourneyOptions = {},
): Promise<PinnedJourney> {
  let made: Pick<PinnedJourney, 'access' | 'security' | 'sarah'> | undefined
  const on = await begin({
    ...options,
    pinned,
    set: (scene) => {
      const { github, organization } = scene
      const sarah = github.addUser('sarah', { id: 1010 })
      github.setMembership(organization, sarah)
      const access = github.addRepository(organization, 'access', {
        id: pinned.repositoryId,
        files: { [pinned.path]: policy },
        roles: { alice: 'write', mona: 'write', sarah: 'write' },
      })
      const security = github.addTeam(organization, 'security', { members: [sarah] })
      made = { access, security, sarah }
      options.set?.(scene)
    },
  })
  if (made === undefined) throw new Error('the scene was not set')
  return { ...on, ...made }
}

/** A pull request of alice's that makes the document say this. */
export const proposePolicy = (
  { github, access, people }: PinnedJourney,
  text: string | null,
  more: { readonly base?: string; readonly from?: Repository } = {},
): PullRequest =>
  github.openPullRequest(access, {
    author: people.alice,
    files: { [pinned.path]: text },
    announced: true,
    ...more,
  })

/** Our newest run of `hallpass/policy` on the head, as soon as it concludes so. */
export const policyCheck = (
  on: Journey,
  { pull }: PullRequest,
  conclusion: Check['conclusion'],
): Promise<Check> =>
  found(on, `hallpass/policy that concludes ${conclusion ?? 'nothing'}`, () => {
    const newest = policyChecks(on, pull.headSha).at(-1)
    return newest?.conclusion === conclusion ? newest : undefined
  })

export const policyChecks = ({ github }: Journey, headSha: string): readonly Check[] =>
  github.checks(headSha).filter(({ name }) => name === 'hallpass/policy')
