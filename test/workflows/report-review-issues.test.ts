import { describe, expect, it } from 'vitest'
import { decideAcknowledge } from '../../src/domain/debts/acknowledge.ts'
import { GitHubError } from '../../src/domain/errors.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import { reportSubject } from '../../src/workflows/report/report-subject.ts'
import {
  grantAfter,
  hubot,
  octocat,
  offer,
  request,
  seen,
  start,
  subject,
} from '../domain/grants.fixtures.ts'
import { breakGlass, debt } from '../domain/messages.fixtures.ts'
import { fakeDeps } from '../support/fakes.ts'

function world() {
  const made = fakeDeps()
  made.ledger.addGrant(grantAfter([request({ ...offer, breakGlass }), start], [seen, start]))
  made.ledger.debts.set(debt.id, debt)
  const kept = made.ledger.addSubject()
  const report = async () => {
    kept.dirtyVersion += 1
    await reportSubject(made.deps, subjectKey(subject))
  }
  const owed = () => made.ledger.debts.get(debt.id)
  /** The one that is edited. */
  const comment = () =>
    [...made.github.comments.values()].find((body) => body.includes('### Cloud access')) ?? ''
  return { ...made, kept, report, owed, comment }
}

const gone = () => new GitHubError('transient', 'The answer was lost')

describe('a broken glass', () => {
  it('is told at once to those who are named, opens one issue, and is shown with what to write', async () => {
    const { report, github, owed, comment, kept } = world()
    await report()
    await report()
    await report()
    const told = [...github.comments.values()].find((body) => body.includes('broke the glass'))
    expect(told).toContain('@acme/on-duty **`octocat` broke the glass')
    expect([...github.issues.values()]).toHaveLength(1)
    const [number] = github.issues.keys()
    expect(owed()?.issue).toBe(number)
    expect(kept.posted.debtIssues).toEqual({ [debt.id]: number })
    expect(comment()).toContain(
      `owed (issue #${number}): team \`security\` \`/access acknowledge DEBT-0001\``,
    )
    expect(comment()).toContain('**break-glass**')
  })

  it('says so once it was reviewed, whatever became of the issue', async () => {
    const { report, github, ledger, comment } = world()
    await report()
    github.issues.clear()
    await report()
    expect(comment()).toContain('/access acknowledge DEBT-0001')
    expect([...github.issues.values()]).toEqual([])
    expect(await ledger.debtsOf([octocat.id])).toHaveLength(1)
    const current = ledger.debts.get(debt.id)
    if (current === undefined) throw new Error('nothing is owed')
    const yes = { code: debt.code, by: hubot, isBot: false, isReviewer: true }
    const decision = decideAcknowledge(current, yes, start)
    if (decision.kind === 'refused') throw new Error(decision.reason)
    ledger.debts.set(debt.id, decision.debt)
    await report()
    expect(comment()).toContain('reviewed by `hubot` 2026-11-22 17:00 UTC')
    expect(comment()).not.toContain('/access acknowledge')
  })

  it('asks for nothing that was reviewed before', async () => {
    const { report, github, ledger } = world()
    ledger.debts.set(debt.id, { ...debt, acknowledged: { by: hubot, at: start } })
    await report()
    expect([...github.issues.values()]).toEqual([])
    expect([...github.comments.values()].join('\n')).not.toContain('broke the glass')
  })
})

describe('the issue', () => {
  it('whose number was lost is found, and not opened twice', async () => {
    const { report, github, owed } = world()
    github.after = (call) => {
      if (call === 'createIssue') throw gone()
    }
    await report()
    expect(owed()?.issue).toBeUndefined()
    github.after = () => undefined
    await report()
    expect([...github.issues.values()]).toHaveLength(1)
    expect(owed()?.issue).toBe([...github.issues.keys()][0])
  })

  it('is recorded with the debt also when the process died between the two', async () => {
    const { report, github, ledger, owed } = world()
    ledger.beforeCommit = () => {
      throw gone()
    }
    await report()
    expect(owed()?.issue).toBeUndefined()
    ledger.beforeCommit = () => undefined
    await report()
    expect([...github.issues.values()]).toHaveLength(1)
    expect(owed()?.issue).toBe([...github.issues.keys()][0])
  })

  it('that a repository does not take keeps nothing else from being told', async () => {
    const { report, github, log, comment, kept } = world()
    github.before = (call) => {
      if (call === 'createIssue') throw new GitHubError('missing', 'Issues are switched off')
    }
    await report()
    expect(comment()).toContain('/access acknowledge DEBT-0001')
    expect(github.calls).toContain('createCheck')
    expect(kept.cleanVersion).toBe(kept.dirtyVersion)
    expect(log.lines.map(({ id }) => id)).toContain('review-issue.not-opened')
  })
})
