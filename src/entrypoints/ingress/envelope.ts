import { z } from 'zod'
import { subjectKey, type SubjectKey } from '../../domain/subjects.ts'

/** What the ingress reads of a delivery: whose it is and what it is about. */
export interface Envelope {
  readonly action: string | undefined
  readonly installationId: number | undefined
  readonly accountId: number | undefined
  readonly repositoryId: number | undefined
  readonly subject: SubjectKey | undefined
  /** It says nothing of when: what happens a second time is told in the very same bytes. */
  readonly undated: boolean
}

const id = z.int().positive()
const identified = z.object({ id })
const numbered = z.object({ number: id })

const fields = z.object({
  action: z
    .string()
    .regex(/^[a-z_]{1,64}$/)
    .nullish(),
  installation: z.object({ id, account: identified.nullish() }).nullish(),
  repository: z.object({ id, owner: identified }).nullish(),
  organization: identified.nullish(),
  pull_request: numbered.nullish(),
  review: identified.nullish(),
  comment: identified.nullish(),
  thread: z.object({}).nullish(),
  issue: numbered.nullish(),
  check_run: identified.nullish(),
  check_suite: identified.nullish(),
  commits: z.array(z.unknown()).nullish(),
  zen: z.string().nullish(),
  repositories_added: z.array(z.unknown()).nullish(),
  member: identified.nullish(),
  membership: z.object({}).nullish(),
  team: identified.nullish(),
})
type Field = keyof z.infer<typeof fields>

/** By what the body of one event differs from that of every other. */
const marks = [
  'pull_request',
  'review',
  'comment',
  'thread',
  'issue',
  'check_run',
  'check_suite',
  'commits',
  'zen',
  'repositories_added',
  'member',
  'membership',
  'team',
] as const satisfies readonly Field[]
type Mark = (typeof marks)[number]

interface Shape {
  /** The body has exactly these of the marks. */
  readonly marks: readonly Mark[]
  /** Of some actions it has this one as well. */
  readonly may?: Mark
  readonly needs: readonly Trait[]
  readonly hasNo?: readonly Trait[]
  /** See the envelope. NB: of what only asks for a look: a replay of it may do nothing else. */
  readonly undated?: true
}
/** `account`: the installation says whose it is, as only what is about the installation does. */
type Trait = Field | 'account'

const onRepository = (...has: Mark[]): Shape => ({ marks: has, needs: ['action', 'repository'] })
const undated = true

const shapes: ReadonlyMap<string, Shape> = new Map([
  ['pull_request', onRepository('pull_request')],
  ['pull_request_review', onRepository('pull_request', 'review')],
  ['pull_request_review_comment', onRepository('pull_request', 'comment')],
  ['pull_request_review_thread', onRepository('pull_request', 'thread')],
  ['issues', onRepository('issue')],
  ['issue_comment', onRepository('issue', 'comment')],
  ['check_run', onRepository('check_run')],
  ['check_suite', onRepository('check_suite')],
  ['repository', { ...onRepository(), undated }],
  ['member', { ...onRepository('member'), undated }],
  ['push', { marks: ['commits'], needs: ['repository'] }],
  [
    'organization',
    {
      marks: [],
      may: 'membership',
      needs: ['action', 'organization'],
      hasNo: ['repository', 'account'],
      undated,
    },
  ],
  ['membership', { marks: ['member', 'team'], needs: ['action', 'organization'], undated }],
  ['team', { marks: ['team'], needs: ['action', 'organization'], undated }],
  ['installation', { marks: [], needs: ['action', 'account'], hasNo: ['repository'], undated }],
  [
    'installation_repositories',
    { marks: ['repositories_added'], needs: ['action', 'installation'], undated },
  ],
  ['ping', { marks: ['zen'], needs: [] }],
])

/** Events whose bodies can be told from each other. No other can be handled. */
export const knownEvents: ReadonlySet<string> = new Set(shapes.keys())

/**
 * Undefined where the body is not one of this event. The event's name comes in a header that nobody signed: without
 * this check, a body that was seen once could be sent again under another name and mean something else.
 */
export function readEnvelope(
  event: string,
  body: Readonly<Record<string, unknown>>,
): Envelope | undefined {
  const shape = shapes.get(event)
  const read = fields.safeParse(body)
  if (shape === undefined || !read.success) return undefined
  const { data } = read
  const traits = { ...data, account: data.installation?.account }
  const has = (trait: Trait): boolean => traits[trait] !== undefined && traits[trait] !== null
  // Of an account that is gone GitHub says null: its place tells the event all the same.
  const isMarked = (mark: Mark): boolean => has(mark) || (mark === 'member' && data.member === null)
  const isAsMarked = (mark: Mark): boolean =>
    mark === shape.may || isMarked(mark) === shape.marks.includes(mark)
  if (!marks.every(isAsMarked) || !shape.needs.every(has)) return undefined
  if (shape.hasNo?.some(has) === true) return undefined

  const { repository, organization, installation } = data
  const number = data.pull_request?.number ?? data.issue?.number
  return {
    action: data.action ?? undefined,
    installationId: installation?.id,
    accountId: repository?.owner.id ?? organization?.id ?? installation?.account?.id,
    repositoryId: repository?.id,
    subject:
      repository && number !== undefined
        ? subjectKey({ repositoryId: repository.id, number })
        : undefined,
    undated: shape.undated === true,
  }
}
