// The ways into AWS, as it judges them itself.
import { account } from '../sandbox/scene.ts'
import { place } from './roles.ts'
import type { DrillScene, Person } from './scene.ts'
import { changesOf, grantIn, noEnds, type OpenSession, type Way } from './way.ts'

const before = /"DateLessThan":\{"aws:CurrentTime":"([^"]+)"/

/** The inline policies of ours that are about it. */
function inlineWay({ aws }: DrillScene, about: string) {
  const found = (person: Person, at: number) =>
    aws
      .policiesOf(person.user, at)
      .filter(({ name, document }) => name.startsWith('hallpass-') && isAbout(name, document))
  const isAbout = (name: string, document: string) =>
    document.includes(about) && !name.includes('-kill-')
  const changes = (person: Person) => changesOf(aws.history, person.user.arn)
  return {
    cloud: 'aws' as const,
    endsItself: true,
    own: true,
    found,
    stands: (person: Person, at: number) => found(person, at).length > 0,
    changes,
    ends: (person: Person) =>
      new Map(
        changes(person)
          .flatMap((at) => found(person, at))
          .map(({ name, document }) => [
            grantIn(name),
            Date.parse(before.exec(document)?.[1] ?? ''),
          ]),
      ),
  }
}

export function allowed(scene: DrillScene): Way {
  const resource = place.logs
  const action = 'logs:FilterLogEvents'
  return {
    ...inlineWay(scene, resource),
    may: ({ user }, at) => scene.aws.mayCall({ user, action, resource, at }).allowed,
  }
}

const sessionSeconds = 900
const tables = { action: 'dynamodb:GetItem', resource: '*' }

export function assumed(scene: DrillScene, roleArn: string): Way {
  const { aws } = scene
  const way = inlineWay(scene, roleArn)
  const asked = (person: Person, at: number) =>
    way.found(person, at).map(({ name }) => ({
      user: person.user,
      roleArn,
      sessionName: `hallpass-${grantIn(name)}`,
    }))
  return {
    ...way,
    may: (person, at) =>
      asked(person, at).some((question) => aws.mayAssume({ ...question, at }).allowed),
    open(person) {
      const now = Date.now()
      const question = asked(person, now).find((each) => aws.mayAssume({ ...each }).allowed)
      return question && sessionOf(scene, question)
    },
  }
}

function sessionOf(
  { aws }: DrillScene,
  question: Parameters<DrillScene['aws']['openSession']>[0],
): OpenSession {
  const session = aws.openSession({ ...question, seconds: sessionSeconds })
  return {
    openedAt: session.issuedAt,
    may: (at) => aws.mayCall({ session, ...tables, at }).allowed,
  }
}

/** A role of the person's own for each grant: its trust names them. */
export function madeRole(scene: DrillScene): Way {
  const { aws } = scene
  const under = (at: number) => aws.rolesUnder({ account, path: '/hallpass/' }, at)
  const roles = ({ user }: Person, at: number) =>
    under(at).filter(({ trust }) => trust.includes(user.userId))
  const asked = (person: Person, at: number) =>
    roles(person, at).map(({ arn, name }) => ({
      user: person.user,
      roleArn: arn,
      sessionName: `hallpass-${grantIn(name)}`,
    }))
  const changes = ({ user }: Person) =>
    aws
      .iamChanges()
      .filter(({ before: was, after }) =>
        [was, after].some((it) => it?.kind === 'role' && it.trust.includes(user.userId)),
      )
      .map(({ at }) => at)
  return {
    cloud: 'aws',
    endsItself: true,
    own: true,
    may: (person, at) =>
      asked(person, at).some((question) => aws.mayAssume({ ...question, at }).allowed),
    stands: (person, at) => roles(person, at).length > 0,
    changes,
    ends: (person) =>
      new Map(
        changes(person)
          .flatMap((at) => roles(person, at))
          .map(({ name, trust }) => [grantIn(name), Date.parse(before.exec(trust)?.[1] ?? '')]),
      ),
    open(person) {
      const now = Date.now()
      const question = asked(person, now).find((each) => aws.mayAssume({ ...each }).allowed)
      return question && sessionOf(scene, question)
    },
  }
}

export function group({ aws }: DrillScene, name: string): Way {
  const isIn = ({ user }: Person, at: number) =>
    aws.membersOf({ account, name }, at).some(({ userId }) => userId === user.userId)
  return {
    cloud: 'aws',
    endsItself: false,
    own: false,
    may: isIn,
    stands: isIn,
    changes: ({ user }) => changesOf(aws.history, user.arn),
    ends: noEnds,
  }
}

export function attached({ aws }: DrillScene): Way {
  return {
    cloud: 'aws',
    endsItself: false,
    own: false,
    may: ({ user }, at) =>
      aws.mayCall({ user, action: 'sqs:ReceiveMessage', resource: '*', at }).allowed &&
      aws.attachmentsOf(user, at).includes(place.attached.arn),
    stands: ({ user }, at) => aws.attachmentsOf(user, at).includes(place.attached.arn),
    changes: ({ user }) => changesOf(aws.history, user.arn),
    ends: noEnds,
  }
}

export function assigned({ aws, permissionSet }: DrillScene): Way {
  const question = ({ inClouds }: Person) => ({ user: inClouds.ssoUser, account, permissionSet })
  return {
    cloud: 'aws',
    endsItself: false,
    own: false,
    may: (person, at) => aws.mayOpen(question(person), at).allowed,
    stands: ({ inClouds }, at) =>
      aws
        .assignmentsOf(account, permissionSet, at)
        .some(({ principalId }) => principalId === inClouds.ssoUser.userId),
    changes: ({ inClouds }) =>
      aws
        .assignmentChanges()
        .filter(({ target }) => target.includes(inClouds.ssoUser.userId))
        .map(({ at }) => at),
    ends: noEnds,
    open(person) {
      if (!aws.mayOpen(question(person)).allowed) return undefined
      const session = aws.openSsoSession(question(person))
      return { openedAt: session.issuedAt, may: (at) => aws.sessionMay(session, at).allowed }
    },
  }
}
