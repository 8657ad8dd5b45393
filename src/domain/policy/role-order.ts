import type { RoleName } from '../subjects.ts'

const order: readonly RoleName[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin']

export const isAtLeast = (role: RoleName, least: RoleName): boolean =>
  order.indexOf(role) >= order.indexOf(least)
