import { GitHubError } from '../../domain/errors.ts'
import type { Subject } from '../../domain/subjects.ts'
import type { CheckRun } from '../../workflows/ports.ts'
import type { Client } from './client.ts'
import { locate } from './repositories.ts'

export async function createCheck(
  client: Client,
  subject: Subject,
  check: CheckRun,
): Promise<number> {
  const place = await locate(client, subject)
  const what = `create the check ${check.name} on ${place.owner}/${place.repo}@${check.headSha}`
  const { data } = await client.asInstallation(subject.installationId, what, (octokit) =>
    octokit.rest.checks.create({ ...place, head_sha: check.headSha, ...bodyOf(check) }),
  )
  return data.id
}

export async function updateCheck(
  client: Client,
  subject: Subject,
  id: number,
  check: CheckRun,
): Promise<void> {
  const place = await locate(client, subject)
  const what = `update the check run ${id} on ${place.owner}/${place.repo}`
  await client.asInstallation(subject.installationId, what, (octokit) =>
    octokit.rest.checks.update({ ...place, check_run_id: id, ...bodyOf(check) }),
  )
}

function bodyOf(check: CheckRun) {
  const { name, title, summary, externalId, status, conclusion } = check
  const output = { title, summary }
  const common = { name, external_id: externalId, output }
  if (status === 'in_progress') return { ...common, status }
  if (conclusion !== undefined) return { ...common, status, conclusion }
  throw new GitHubError('invalid', `GitHub: the check ${name} is completed without a conclusion`)
}

/** Our own newest run of that name on that head: other Apps may use the name too. */
export async function findCheck(
  client: Client,
  subject: Subject,
  headSha: string,
  name: string,
): Promise<{ id: number; externalId: string; completed: boolean } | undefined> {
  const place = await locate(client, subject)
  const what = `list the checks of ${place.owner}/${place.repo}@${headSha}`
  const runs = await client.asInstallation(subject.installationId, what, (octokit) =>
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
    .toSorted((a, b) => b.id - a.id)[0]
  return (
    newest && {
      id: newest.id,
      externalId: newest.external_id ?? '',
      completed: newest.status === 'completed',
    }
  )
}
