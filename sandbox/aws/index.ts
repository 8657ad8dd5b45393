import { startWire, type Wire } from '../wire.ts'
import { createControl, type Control } from './control.ts'
import { createIdentityCenter, type IdentityCenterTwin } from './identity-center/index.ts'
import { createJudge, type Judge } from './judge.ts'
import { createService, operationOf } from './service.ts'
import { State } from './state.ts'
import { createTrouble, type TroubleControl } from './trouble.ts'

export type Aws = Wire & Control & Judge & TroubleControl & IdentityCenterTwin

/** IAM, STS, Identity Center and Identity Store on one loopback address. `now` is its own clock, in milliseconds since 1970: the `Date` of its answers. */
export async function startAws(options: { now?: () => number; port?: number } = {}): Promise<Aws> {
  const now = options.now ?? Date.now
  const state = new State(now)
  const trouble = createTrouble(state)
  const identityCenter = createIdentityCenter(state, trouble)
  const wire = await startWire(createService(state, trouble, identityCenter.serve), {
    service: 'aws',
    now,
    operationOf,
    ...(options.port === undefined ? {} : { port: options.port }),
  })
  return {
    ...wire,
    ...createControl(state),
    ...createJudge(state),
    ...trouble.control,
    ...identityCenter.twin,
  }
}
