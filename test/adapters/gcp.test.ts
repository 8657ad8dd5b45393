import { twinContract } from '../contracts/twin.ts'
import type { TwinUnderTest } from '../contracts/cloud-under-test.ts'
import type { Binding } from '../../src/domain/lanes/types.ts'
import type { PolicyDraft } from '../../sandbox/gcp/entities.ts'
import { bob, setUpGcp } from './gcp.setup.ts'

async function underTest(): Promise<TwinUnderTest> {
  const { gcp, cloud, lane, resource, now, advance, binding, calls, close } = await setUpGcp()
  const ours = 'hallpass-'
  const edit = (change: (bindings: PolicyDraft['bindings']) => PolicyDraft['bindings']) =>
    gcp.setPolicy(
      resource,
      change(gcp.policyOf(resource).bindings).map(({ condition, ...it }) => ({
        ...it,
        ...(condition === undefined ? {} : { condition }),
      })),
    )
  const roleOf = ({ role }: Binding) => (role.cloud === 'gcp' ? role.role : '')
  const memberOf = ({ principal }: Binding) => (principal.cloud === 'gcp' ? principal.member : '')
  return {
    cloud,
    lane,
    now,
    advance,
    capacity: 20,
    room: 21,
    binding,
    usable: (it) =>
      gcp
        .may({ resource, role: roleOf(it), member: memberOf(it) })
        .by.some(({ title }) => title === it.name),
    putForeign: () =>
      edit((bindings) => [
        ...bindings,
        { role: 'roles/editor', members: [bob], condition: undefined },
      ]),
    foreign: () => gcp.foreignView(resource, ours),
    foreignTouched: () =>
      gcp.history
        .filter(({ by }) => by === 'api')
        .flatMap(({ n, before, after }) => {
          const foreign = [before, after].map(({ bindings, auditConfigs }) =>
            JSON.stringify([
              bindings.filter(({ condition }) => !condition?.title.startsWith(ours)),
              auditConfigs,
            ]),
          )
          return foreign[0] === foreign[1] ? [] : [`change ${n}`]
        }),
    tamper: ({ name }) =>
      edit((bindings) =>
        bindings.map((it) =>
          it.condition?.title === name ? { ...it, members: [...it.members, bob] } : it,
        ),
      ),
    takeAway: ({ name }) =>
      edit((bindings) => bindings.filter(({ condition }) => condition?.title !== name)),
    unreliable: (share, seed) =>
      gcp.unreliable(share === 0 ? undefined : { share, seed, slowMs: 1 }),
    whileThrottling(asked) {
      gcp.throttle(3)
      return asked()
    },
    whileDown(asked) {
      gcp.fail(3, 'INTERNAL')
      return asked()
    },
    failOnce: () => gcp.fail(1, 'INTERNAL'),
    writeThenFailOnce: () => gcp.applyThenFail(1, 'Projects.SetIamPolicy'),
    calls: () => gcp.calls.length,
    writes: () => calls('SetIamPolicy'),
    close,
  }
}

twinContract('Google Cloud', underTest)
