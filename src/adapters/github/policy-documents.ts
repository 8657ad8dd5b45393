// Where the two policy documents are when they are in repositories.
import type {
  DocumentReader,
  DocumentReading,
  PinnedPlace,
  PlacedReader,
} from '../../workflows/ports.ts'
import type { Subject } from '../../domain/subjects.ts'
import { repositoryDocumentPath } from '../../domain/policy/document-path.ts'
import type { Client } from './client.ts'
import { readDocument, readDocumentAt } from './documents.ts'
import { inPlace } from './placed-repository.ts'
import { locate } from './repositories.ts'

/** The organization's document, wherever the App is installed on its repository. */
export function pinnedDocument(client: Client, pinned: PinnedPlace): PlacedReader {
  const { branch, path } = pinned
  let last: number | undefined
  return {
    async read(subject) {
      const likely = [last, subject.installationId]
      const found = await inPlace(client, pinned.repositoryId, likely, (place) =>
        readDocument(client, { ...place, branch, path }),
      )
      if (found !== undefined) {
        last = found.installationId
        return found.value
      }
      return {
        kind: 'missing',
        where: `repository ${pinned.repositoryId}:${path}`,
        why: 'The App is not installed on the repository that holds the policy.',
      }
    },
  }
}

/** A repository's own document on its default branch, which is protected as its owners see fit: never on another. */
export function repositoryDocument(client: Client): DocumentReader {
  return {
    async read({ installationId }, { id, accountId, owner, name, defaultBranch }) {
      const reading = await readDocument(client, {
        installationId,
        repositoryId: id,
        owner,
        repo: name,
        branch: defaultBranch,
        path: repositoryDocumentPath,
      })
      // NB: checked after the reading, so that nothing passes which another repository answered in between.
      await locate(client, { installationId, accountId, repositoryId: id, owner, repository: name })
      return reading
    },
  }
}

/** NB: a commit of a fork's branch can be read here too: nothing that it says may count. */
export async function documentAt(
  client: Client,
  subject: Subject,
  commit: string,
  path: string,
): Promise<DocumentReading> {
  const { owner, repo } = await locate(client, subject)
  const { installationId, repositoryId } = subject
  return readDocumentAt(client, { installationId, repositoryId, owner, repo, path }, commit)
}
