import type { SubjectFacts } from '../../domain/policy/types.ts'
import type { Subject } from '../../domain/subjects.ts'
import type { Client } from './client.ts'
import { readIssue } from './issues.ts'
import { readPullRequest } from './pull-requests.ts'

/** The subject as it is now, of the kind that it is said to be. */
export async function readCurrent(
  client: Client,
  subject: Subject,
): Promise<SubjectFacts | undefined> {
  switch (subject.kind) {
    case 'pull_request':
      return readPullRequest(client, subject)
    case 'issue':
      return readIssue(client, subject)
  }
}
