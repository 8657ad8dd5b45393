// What each mode can promise. The table in docs/clouds.md and what a pull request says before approval come from here.
import type { CloudRole, Mode } from './clouds.ts'

export interface ModeTraits {
  readonly letter: string
  readonly name: string
  /** Whether the cloud itself ends it, even if Hallpass is dead. */
  readonly selfExpiring: boolean
  /** What may outlive the removal. `sessions`: those that were opened in time run on for up to the role's residual. */
  readonly residual: 'none' | 'sessions'
  /** How the cloud marks it as ours. `none`: allowed only where the policy declares the place Hallpass's alone. */
  readonly mark: 'name' | 'title' | 'none'
  /** What has to be seen before it counts as ended, later than the cloud's answers may lag. */
  readonly proof: string
  /** What a policy has to declare exclusive. */
  readonly exclusive: string | undefined
  /** What keeps an end before the deadline waiting. Its own deadline holds all the same. */
  readonly earlyEnd?: string
}

const table = {
  'assume-role': {
    letter: 'A',
    name: 'IAM: one role may be assumed',
    selfExpiring: true,
    residual: 'sessions',
    mark: 'name',
    proof:
      "the policy is read as gone from the user, and the longest session is over by AWS's own clock",
    exclusive: undefined,
  },
  'inline-permissions': {
    letter: 'B',
    name: 'IAM: permissions on the user',
    selfExpiring: true,
    residual: 'none',
    mark: 'name',
    proof: 'the policy is read as gone from the user',
    exclusive: undefined,
  },
  'role-per-grant': {
    letter: 'C',
    name: 'IAM: a role for each grant',
    selfExpiring: true,
    residual: 'none',
    mark: 'name',
    proof: 'the role is read as gone',
    exclusive: undefined,
  },
  group: {
    letter: 'D',
    name: 'IAM: membership in a group',
    selfExpiring: false,
    residual: 'none',
    mark: 'none',
    proof: 'the group is read without the user',
    exclusive: 'the group: nobody else puts members into it',
  },
  'managed-policy': {
    letter: 'E',
    name: 'IAM: a managed policy on the user',
    selfExpiring: false,
    residual: 'none',
    mark: 'none',
    proof: 'the user is read without the policy',
    exclusive: 'the policy: nobody else attaches it to users',
  },
  'account-assignment': {
    letter: 'F',
    name: 'Identity Center: a permission set in an account',
    selfExpiring: false,
    residual: 'sessions',
    mark: 'none',
    proof: "the assignment is read as gone, and the longest session is over by AWS's own clock",
    exclusive: 'the permission set in that account: nobody else assigns it to users there',
  },
  'conditional-binding': {
    letter: 'G',
    name: 'Google Cloud: a binding with a condition',
    selfExpiring: true,
    residual: 'none',
    mark: 'title',
    proof: 'the binding is read as gone',
    exclusive: undefined,
  },
  // NB: one schedule for each role of each person at a scope: several grants hold it, to the end of the last of them.
  pim: {
    letter: 'P',
    name: 'Azure: a schedule of Privileged Identity Management',
    selfExpiring: true,
    residual: 'none',
    mark: 'name',
    proof: 'the schedule is read as gone',
    exclusive: undefined,
    earlyEnd:
      'Azure ends nothing within its first five minutes: an early end takes effect after them',
  },
  assignment: {
    letter: 'Q',
    name: 'Azure: a plain role assignment',
    selfExpiring: false,
    residual: 'none',
    mark: 'name',
    proof: 'the assignment is read as gone',
    exclusive: 'the scope: nobody else assigns that role to users there',
  },
} as const satisfies Record<Exclude<Mode, 'by-licence'>, ModeTraits>

export const modes: Readonly<Record<Exclude<Mode, 'by-licence'>, ModeTraits>> = table

/** NB: until the tenant was asked, the lesser promise is what holds. */
export const traitsOf = ({ mode }: Pick<CloudRole, 'mode'>): ModeTraits =>
  modes[mode === 'by-licence' ? 'assignment' : mode]

export const isSelfExpiring = (role: CloudRole): boolean => traitsOf(role).selfExpiring

/** Whether a session that it opened may outlive it. */
export const leavesSessions = (role: CloudRole): boolean => traitsOf(role).residual === 'sessions'

/** What keeps an early end waiting, for an offer's words. */
export const earlyEndOf = (role: CloudRole): string | undefined => traitsOf(role).earlyEnd

/** How long a session may outlive the binding, in seconds. */
export const residualSecondsOf = (role: CloudRole, residualSeconds: number): number =>
  leavesSessions(role) ? residualSeconds : 0
