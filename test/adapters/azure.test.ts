import { apiActions } from '../../src/adapters/azure/create-azure.ts'
import type { Binding } from '../../src/domain/lanes/types.ts'
import { twinContract } from '../contracts/twin.ts'
import { during, type TwinUnderTest } from '../contracts/cloud-under-test.ts'
import { contributor, reader, setUpAzure, type Mode } from './azure.setup.ts'

const writes = {
  pim: ['roleAssignmentScheduleRequests.create'],
  assignment: ['roleAssignments.create', 'roleAssignments.delete'],
} as const

const objectIdOf = ({ principal }: Binding) =>
  principal.cloud === 'azure' ? principal.objectId : ''

async function underTest(mode: Mode): Promise<TwinUnderTest> {
  const t = await setUpAzure(mode, { permit: { actions: apiActions } })
  const { azure, app, scope, bob } = t
  const capacity = 5
  azure.set({ pimActiveMinimumMs: 0, assignmentsPerSubscription: capacity })
  const triple = (binding: Binding) => ({
    scope,
    principalId: objectIdOf(binding),
    roleDefinitionId: reader,
  })
  const people = [1, 2, 3, 4, 5, 6].map(t.person)
  const ofPeople = (it: object | undefined) =>
    it === undefined || ('principalId' in it && people.includes(String(it.principalId)))
  return {
    cloud: t.cloud,
    lane: t.lane,
    now: t.now,
    advance: t.advance,
    room: 6,
    capacity,
    binding: t.binding,
    usable: (binding) => azure.may(triple(binding)).allowed,
    putForeign() {
      azure.set({ assignmentsPerSubscription: capacity + 1 })
      azure.assign({ scope, principalId: bob, roleDefinitionId: contributor })
    },
    foreign: () => azure.foreignTo(app.principalId, scope),
    foreignTouched: () =>
      azure.history
        .filter(({ by, before, after }) => by === 'api' && !(ofPeople(before) && ofPeople(after)))
        .map(({ operation, target }) => `${operation} ${target}`),
    ...(mode === 'pim'
      ? {}
      : {
          tamper(binding: Binding) {
            const found = azure
              .assignmentsAt(scope)
              .find(({ principalId }) => principalId === objectIdOf(binding))
            azure.assign({
              ...triple(binding),
              name: found?.name ?? '',
              description: 'mine now',
            })
          },
        }),
    takeAway: (binding) => azure.unassign(triple(binding)),
    whileThrottling: (asked) => during(azure, 'throttled', asked),
    whileDown: (asked) => during(azure, 'failed', asked),
    failOnce: () => azure.fail(1, { status: 503, code: 'ServiceUnavailable' }),
    writeThenFailOnce() {
      // Whichever of the two comes next; the contract asks once for each.
      const had = azure.assignmentsAt(scope).length > 0
      const [create, remove = create] = writes[mode]
      azure.applyThenFail(1, had ? remove : create)
    },
    unreliable: (share, seed) => azure.unreliable({ share, seed }),
    calls: () => azure.calls.length,
    writes: () =>
      azure.calls.filter((call) => writes[mode].some((w) => w === call.operation)).length,
    close: () => azure.close(),
  }
}

twinContract('Azure, by PIM', () => underTest('pim'))
twinContract('Azure, plain assignments', () => underTest('assignment'))
