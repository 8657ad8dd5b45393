// What a new version of the organization's document changes for all roles at once.
import type { Compared, GeneralChange } from '../../access-diff/policies.ts'
import { cloudTitles } from '../../lanes/clouds.ts'
import { entriesOf } from '../../policy/identity-of.ts'
import type { OnCallSource, Stage } from '../../policy/types.ts'
import { code } from '../escape.ts'
import { changeWord } from './change-word.ts'
import { differenceOf, limitsInWords } from './change-words.ts'
import { listed, personInWords } from './rule-words.ts'

export function generalInWords(
  { about, order }: GeneralChange,
  before: Compared,
  after: Compared,
): string {
  const { title, words } = subjects[about]
  return `- ${title}, ${changeWord(order)}: ${words(before, after)}`
}

type Words = (before: Compared, after: Compared) => string

const differing =
  (of: (policy: Compared) => readonly string[]): Words =>
  (before, after) =>
    differenceOf(of(before), of(after))

const subjects: Readonly<
  Record<GeneralChange['about'], { readonly title: string; readonly words: Words }>
> = {
  identities: { title: 'Who is who in the clouds', words: differing(identitiesOf) },
  'identity-sources': { title: 'Where identities come from', words: differing(sourcesOf) },
  enrolled: { title: 'Enrolled repositories', words: differing(enrolledOf) },
  limits: { title: 'Limits', words: differing(limitsOf) },
  'on-call': { title: 'Who is on call', words: differing(onCallOf) },
  widening: { title: 'Who approves what widens this document', words: differing(guardOf) },
}

function identitiesOf({ identities }: Compared): readonly string[] {
  return identities.flatMap((identity) =>
    entriesOf(identity).map(
      ({ account, user, id }) =>
        `user ${identity.github} as ${code(user, nameMax)}${id === undefined || id === user ? '' : ` (${code(id)})`} in ${placeInWords(account)}`,
    ),
  )
}

function sourcesOf({ identitySources: { saml, template } }: Compared): readonly string[] {
  const by = (source: string, all: typeof saml) =>
    all.map(
      ({ account, user }) => `${code(user, nameMax)} in ${placeInWords(account)} by ${source}`,
    )
  return [...by('SAML', saml), ...by('template', template)]
}

/** An address may be longer than what is shown of other names. */
const nameMax = 260

/** An account of AWS, or another cloud's name. */
const placeInWords = (key: string): string => titles.get(key) ?? code(key)
const titles: ReadonlyMap<string, string> = new Map(Object.entries(cloudTitles))

function enrolledOf({ enrolled, enrolledBy }: Compared): readonly string[] {
  if (enrolled === undefined && enrolledBy === undefined) return ['every repository']
  const by =
    enrolledBy === undefined
      ? []
      : [`those whose property ${code(enrolledBy.property)} is ${code(enrolledBy.value)}`]
  return [...[...(enrolled ?? [])].map((id) => `repository ${id}`), ...by]
}

function limitsOf({ limits: { person, repository, teamMembersMax } }: Compared): readonly string[] {
  return [
    `${limitsInWords(person)} for a person`,
    `${limitsInWords(repository)} for a repository`,
    `${teamMembersMax} members of a team`,
  ]
}

function onCallOf({ onCall }: Compared): readonly string[] {
  return [...onCall].map(([name, source]) => `${code(name)} ${sourceInWords(source)}`)
}

function sourceInWords(source: OnCallSource): string {
  if (source.kind === 'list') return `(${listed(source.people.map((id) => `user ${id}`))})`
  const { url, select, people, fallback } = source
  const known = Object.entries(people).map(([name, id]) => `${code(name)} is user ${id}`)
  const otherwise = fallback.length === 0 ? 'nobody' : listed(fallback.map(personInWords))
  return `(${code(select)} of ${code(url)}: ${listed(known)}; else ${otherwise})`
}

function guardOf({ widening }: Compared): readonly string[] {
  return widening === undefined ? ['nobody'] : [stageInWords(widening)]
}

export const stageInWords = ({ by, count }: Stage): string =>
  `${count} of ${listed(by.map(approverInWords))}`

const approverInWords = (approver: Stage['by'][number]): string =>
  approver.kind === 'on-call'
    ? `who is on call for ${code(approver.name)}`
    : personInWords(approver)
