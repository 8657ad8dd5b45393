import { GitHubError } from '../../domain/errors.ts'
import type { Subject } from '../../domain/subjects.ts'
import type { CheckAnnotation, CheckRun, FoundCheck } from '../../workflows/ports.ts'
import { checkLimits } from './check-limits.ts'
import type { Client } from './client.ts'
import { placeOf } from './repositories.ts'
import { scopeOf } from './scopes.ts'

export async function createCheck(
  client: Client,
  subject: Subject,
  check: CheckRun,
): Promise<number> {
  const body = bodyOf(check)
  const place = await placeOf(client, subject)
  const what = `create the check ${check.name} on ${place.owner}/${place.repo}@${check.headSha}`
  const { data } = await client.asInstallation(scopeOf(subject, 'checks'), what, (octokit) =>
    octokit.rest.checks.create({ ...place, head_sha: check.headSha, ...body }),
  )
  return data.id
}

export async function updateCheck(
  client: Client,
  subject: Subject,
  id: number,
  check: CheckRun,
): Promise<void> {
  const body = bodyOf(check)
  const place = await placeOf(client, subject)
  const what = `update the check run ${id} on ${place.owner}/${place.repo}`
  await client.asInstallation(scopeOf(subject, 'checks'), what, (octokit) =>
    octokit.rest.checks.update({ ...place, check_run_id: id, ...body }),
  )
}

function bodyOf(check: CheckRun) {
  checkLimits(check)
  const { name, title, summary, externalId, status, conclusion } = check
  const annotations = check.annotations.map(annotationOf)
  const output = { title, summary, ...(annotations.length === 0 ? {} : { annotations }) }
  // Always told: an update without them would leave the former buttons.
  const actions = check.actions.map(({ identifier, label, description }) => ({
    identifier,
    label,
    description,
  }))
  const common = { name, external_id: externalId, output, actions }
  if (status === 'in_progress') return { ...common, status }
  if (conclusion !== undefined) return { ...common, status, conclusion }
  throw new GitHubError('invalid', `GitHub: the check ${name} is completed without a conclusion`)
}

const annotationOf = ({ path, startLine, endLine, level, message }: CheckAnnotation) => ({
  path,
  start_line: startLine,
  end_line: endLine,
  annotation_level: level,
  message,
})

/** NB: other Apps may use the name too, and so may we for another pull request with that head. */
export async function findCheck(
  client: Client,
  subject: Subject,
  headSha: string,
  name: string,
  about: string,
): Promise<FoundCheck | undefined> {
  const place = await placeOf(client, subject)
  const what = `list the checks of ${place.owner}/${place.repo}@${headSha}`
  const runs = await client.asInstallation(scopeOf(subject, 'checks'), what, (octokit) =>
    octokit.paginate(octokit.rest.checks.listForRef, {
      ...place,
      ref: headSha,
      check_name: name,
      app_id: client.appId,
      filter: 'all',
      per_page: 100,
    }),
  )
  const newest = runs
    .filter((run) => run.app?.id === client.appId && run.name === name && run.head_sha === headSha)
    .filter((run) => run.external_id?.startsWith(about) === true)
    .toSorted((a, b) => b.id - a.id)[0]
  return (
    newest && {
      id: newest.id,
      externalId: newest.external_id ?? '',
      completed: newest.status === 'completed',
      asks: newest.conclusion === 'action_required',
    }
  )
}
