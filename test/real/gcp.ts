import { ProjectsClient, type protos } from '@google-cloud/resource-manager'
import { credentials } from '@grpc/grpc-js'
import { createGcp } from '../../src/adapters/gcp/create-gcp.ts'
import type { Binding, GcpConditionalBinding, GcpPrincipal } from '../../src/domain/lanes/types.ts'
import { bystander, instance, madeFor, type RealAccount, type Time } from './account.ts'
import { bindingFor, laneUnderTest, silent } from './lane.ts'
import { countRequests, hostOf } from './requests.ts'

const settleMs = 2 * 60_000
const windowMs = 2 * 60_000
const ours = `hallpass-${instance}-`

export const gcpModes = ['conditional-binding'] as const

type Stored = protos.google.iam.v1.IBinding
/** A twin, which is spoken to without TLS and without credentials. */
export interface GcpConnection {
  readonly host: string
  readonly port: number
}

function clientFor(twin: GcpConnection | undefined): ProjectsClient {
  if (twin === undefined) return new ProjectsClient()
  const options = {
    apiEndpoint: twin.host,
    port: twin.port,
    sslCreds: credentials.createInsecure(),
    // Never sent: without some, the SDK asks the machine that it runs on.
    credentials: { client_email: 'nobody@test-double.invalid', private_key: 'unused' },
  }
  return new ProjectsClient(options)
}

/** Read here by itself: no caller can ask Google what it would let somebody else do. */
function isOpen(expression: string, at: number): boolean {
  const times = [...expression.matchAll(/request\.time (>=|<) timestamp\("([^"]+)"\)/g)]
  if (times.length === 0) return false
  return times.every(([, sign, time = '']) =>
    sign === '<' ? at < Date.parse(time) : at >= Date.parse(time),
  )
}

function createPolicy(resource: string, twin: GcpConnection | undefined) {
  const client = clientFor(twin)
  const read = async () => {
    const [policy] = await client.getIamPolicy({ resource, options: { requestedPolicyVersion: 3 } })
    return policy
  }
  return {
    read,
    bindings: async (): Promise<readonly Stored[]> => (await read()).bindings ?? [],
    /** Refused by its etag where somebody else was quicker. */
    async edit(change: (bindings: readonly Stored[]) => readonly Stored[]): Promise<void> {
      const policy = await read()
      const bindings = [...change(policy.bindings ?? [])]
      await client.setIamPolicy({ resource, policy: { ...policy, version: 3, bindings } })
    },
    close: () => client.close(),
  }
}

export function gcpAccount(
  [project = '', member = '', role = '']: readonly string[],
  { time, twin }: { time: Time; twin?: GcpConnection },
): RealAccount {
  const resource = `projects/${project}`
  const policy = createPolicy(resource, twin)
  const cloud = createGcp({
    instance,
    log: silent,
    ...(twin === undefined ? {} : { endpoint: { ...twin, insecure: true } }),
  })
  const endpoint = twin && `http://${twin.host}:${twin.port}`
  const requests = countRequests(hostOf(endpoint, 'cloudresourcemanager.googleapis.com'))
  const titled = (name: string) => (it: Stored) => it.condition?.title === name
  const isOurs = ({ condition }: Stored) => condition?.title?.startsWith(ours) === true
  const takeAway = (name: string) =>
    policy.edit((bindings) => bindings.filter((it) => !titled(name)(it)))

  async function setUp() {
    const given: GcpConditionalBinding = {
      cloud: 'gcp',
      mode: 'conditional-binding',
      resource,
      role,
      only: undefined,
    }
    const principal: GcpPrincipal = { cloud: 'gcp', member }
    const inAnHour = new Date(time.now() + 3_600_000).toISOString()
    const somebodyElses: Stored = {
      role,
      members: [member],
      condition: { title: bystander, expression: `request.time < timestamp("${inAnHour}")` },
    }
    return laneUnderTest({
      cloud,
      time,
      settleMs,
      windowMs,
      bindings: [1, 2, 3].map(() => bindingFor(given, principal, time.now())),
      requests,
      async usable({ name }: Binding) {
        const found = (await policy.bindings()).filter(titled(name))
        return found.some(
          (it) =>
            it.role === role &&
            it.members?.includes(member) === true &&
            isOpen(it.condition?.expression ?? '', time.now()),
        )
      },
      putForeign: () => policy.edit((bindings) => [...bindings, somebodyElses]),
      async foreign() {
        const { bindings, auditConfigs } = await policy.read()
        return { auditConfigs, bindings: (bindings ?? []).filter((it) => !isOurs(it)) }
      },
      tamper: ({ name }) =>
        policy.edit((bindings) =>
          bindings.map((it) =>
            titled(name)(it)
              ? {
                  ...it,
                  condition: {
                    ...it.condition,
                    expression: 'request.time < timestamp("2001-01-01T00:00:00Z")',
                  },
                }
              : it,
          ),
        ),
      takeAway: ({ name }) => takeAway(name),
    })
  }

  return {
    name: 'Google Cloud',
    time,
    settleMs,
    lagMs: cloud.lagMs,
    who: async () =>
      `${(await cloud.whoAmI()) ?? 'whoever these credentials are of'} writes to the policy of ${resource}`,
    whyNotMade: () =>
      Promise.resolve(
        project.includes(madeFor) ? undefined : `the id of project ${project} has no ${madeFor}`,
      ),
    async leftovers() {
      const found = (await policy.bindings()).filter((it) => isOurs(it) || titled(bystander)(it))
      return [...new Set(found.map(({ condition }) => condition?.title ?? ''))].map((title) => ({
        what: `binding ${title} of ${resource}`,
        remove: () => takeAway(title),
      }))
    },
    modes: [{ name: gcpModes[0], mode: gcpModes[0], setUp }],
    async close() {
      requests.close()
      await policy.close()
      await cloud.close()
    },
  }
}
