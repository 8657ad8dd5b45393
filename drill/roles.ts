// What the drill's policy offers: every mode of every cloud, and one role in three clouds at once.
import { account } from '../sandbox/scene.ts'
import { resourceGroup } from '../sandbox/scene-clouds.ts'

export type WayName =
  | 'assume'
  | 'assume-ending'
  | 'allow'
  | 'role'
  | 'group'
  | 'attach'
  | 'set'
  | 'binding'
  | 'pim'
  | 'plain'
  | 'wide-group'
  | 'wide-binding'
  | 'wide-plain'

export interface DrillRole {
  readonly name: string
  readonly ways: readonly WayName[]
  /** Whether each cloud ends all of it by itself. */
  readonly endsItself: boolean
  /** How many of a hundred grants. */
  readonly share: number
  readonly residualSeconds: number
  /** Early ends take effect with the lease's end. */
  readonly holdsOn?: true
}

const quarter = 15 * 60
const hour = 3_600

export const drillRoles: readonly DrillRole[] = [
  { name: 'assume', ways: ['assume'], endsItself: true, share: 6, residualSeconds: quarter },
  {
    name: 'assume-ending',
    ways: ['assume-ending'],
    endsItself: true,
    share: 6,
    residualSeconds: quarter,
  },
  { name: 'allow', ways: ['allow'], endsItself: true, share: 8, residualSeconds: 0 },
  { name: 'made-role', ways: ['role'], endsItself: true, share: 7, residualSeconds: 0 },
  { name: 'group', ways: ['group'], endsItself: false, share: 12, residualSeconds: 0 },
  { name: 'attach', ways: ['attach'], endsItself: false, share: 12, residualSeconds: 0 },
  { name: 'permission-set', ways: ['set'], endsItself: false, share: 13, residualSeconds: hour },
  { name: 'binding', ways: ['binding'], endsItself: true, share: 10, residualSeconds: 0 },
  { name: 'pim', ways: ['pim'], endsItself: true, share: 5, residualSeconds: 0, holdsOn: true },
  { name: 'plain', ways: ['plain'], endsItself: false, share: 13, residualSeconds: 0 },
  {
    name: 'wide',
    ways: ['wide-group', 'wide-binding', 'wide-plain'],
    endsItself: false,
    share: 8,
    residualSeconds: 0,
  },
]

export const roleNamed = (name: string): DrillRole => {
  const role = drillRoles.find((each) => each.name === name)
  if (role === undefined) throw new Error(`The drill has no role ${name}`)
  return role
}

/** Its own resources, so that no two roles can be taken for one another. */
export const place = {
  assume: { name: 'orders-db', arn: `arn:aws:iam::${account}:role/orders-db` },
  'assume-ending': { name: 'orders-ops', arn: `arn:aws:iam::${account}:role/orders-ops` },
  logs: `arn:aws:logs:eu-central-1:${account}:log-group:/shop/drill:*`,
  made: { name: 'orders-tables', arn: `arn:aws:iam::${account}:policy/orders-tables` },
  attached: { name: 'orders-queues', arn: `arn:aws:iam::${account}:policy/orders-queues` },
  group: 'orders-readers',
  wideGroup: 'orders-wide',
  project: 'shop-drill',
  wideProject: 'shop-wide',
  gcpRole: 'roles/cloudsql.viewer',
  pim: resourceGroup,
  plain: resourceGroup.replace(/[^/]+$/, 'shop-plain'),
  widePlain: resourceGroup.replace(/[^/]+$/, 'shop-wide'),
} as const

/** As the policy writes them. */
export const bindingOf = (permissionSet: string): Readonly<Record<WayName, object>> => ({
  assume: { aws: { account, assume: place.assume.arn } },
  'assume-ending': { aws: { account, assume: place['assume-ending'].arn, end_sessions: true } },
  allow: {
    aws: { account, allow: [{ actions: ['logs:FilterLogEvents'], resources: [place.logs] }] },
  },
  role: { aws: { account, role_with: { policies: [place.made.arn] } } },
  group: { aws: { account, group: place.group, exclusive: true } },
  attach: { aws: { account, attach: place.attached.arn, exclusive: true } },
  set: { aws: { account, permission_set: permissionSet, exclusive: true } },
  binding: { gcp: { project: place.project, role: place.gcpRole } },
  pim: { azure: { scope: place.pim, role: 'Reader', via: 'pim' } },
  plain: { azure: { scope: place.plain, role: 'Reader', via: 'assignment', exclusive: true } },
  'wide-group': { aws: { account, group: place.wideGroup, exclusive: true } },
  'wide-binding': { gcp: { project: place.wideProject, role: place.gcpRole } },
  'wide-plain': {
    azure: { scope: place.widePlain, role: 'Reader', via: 'assignment', exclusive: true },
  },
})
