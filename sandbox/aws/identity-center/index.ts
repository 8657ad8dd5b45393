// AWS IAM Identity Center and its Identity Store. The log of calls and planned trouble name their operations as policies do: `sso:CreateAccountAssignment`, `identitystore:GetUserId`.
import type { State } from '../state.ts'
import type { Trouble } from '../trouble.ts'
import { IdentityCenter } from './center.ts'
import { createIdentityCenterControl, type IdentityCenterControl } from './control.ts'
import { createIdentityCenterJudge, type IdentityCenterJudge } from './judge.ts'
import { createIdentityCenterService, operationOfTarget } from './service.ts'

export type IdentityCenterTwin = IdentityCenterControl & IdentityCenterJudge

export { operationOfTarget }

export function createIdentityCenter(state: State, trouble: Trouble) {
  const center = new IdentityCenter(state)
  const twin: IdentityCenterTwin = {
    ...createIdentityCenterControl(center),
    ...createIdentityCenterJudge(center),
  }
  return { twin, serve: createIdentityCenterService(center, trouble) }
}
