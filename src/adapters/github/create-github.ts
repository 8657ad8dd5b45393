// The adapter to GitHub: its App, the port, the policy's documents, and Probot as the router of deliveries.
import type { ApplicationFunction } from 'probot'
import type {
  DocumentReader,
  GitHub,
  HookDeliveries,
  PinnedPlace,
  PlacedReader,
  PolicyDocuments,
} from '../../workflows/ports.ts'
import {
  listInstallations,
  readApp,
  readInstallation,
  type AppIdentity,
  type Installation,
} from './app.ts'
import { createCheck, findCheck, updateCheck } from './checks.ts'
import { createClient, type Client, type ClientOptions } from './client.ts'
import { createComment, findComment, updateComment } from './comments.ts'
import { readCurrent } from './current.ts'
import { readDocumentChanges } from './document-changes.ts'
import { existsAt } from './exists-at.ts'
import { readHeadPeople } from './head-people.ts'
import { askForRedelivery, readAttempts } from './hook-deliveries.ts'
import { readSamlIdentities } from './identities.ts'
import { createIssue, findIssue } from './issues.ts'
import { readApprovals, readMergedBy } from './merges.ts'
import { readAccount, readRole } from './people.ts'
import { documentAt, pinnedDocument, repositoryDocument } from './policy-documents.ts'
import { readProperty } from './properties.ts'
import { readChangedPaths } from './pull-requests.ts'
import { react } from './reactions.ts'
import { load, receive, type Delivery } from './receive.ts'
import { readRepository } from './repositories.ts'
import { readReviewedSince } from './reviews.ts'
import { readTeamMembers, readTeamMembership } from './teams.ts'

export interface GitHubAdapter {
  readonly github: GitHub
  readonly documents: {
    /** The organization's document in its pinned repository. */
    pinned(place: PinnedPlace): PlacedReader
    /** `.github/hallpass.yml` on the default branch of the subject's repository. */
    readonly repository: DocumentReader
    readonly at: PolicyDocuments['at']
  }
  /** Registers handlers. */
  load(app: ApplicationFunction): Promise<void>
  /** Routes a delivery to the handlers. Rejects with what one of them threw. */
  receive(delivery: Delivery): Promise<void>
  whoAmI(): Promise<AppIdentity>
  installations(): Promise<readonly Installation[]>
  readonly hooks: HookDeliveries
}

export function createGitHub(options: ClientOptions): GitHubAdapter {
  const client = createClient(options)
  const { probot } = client
  return {
    github: createPort(client),
    documents: {
      pinned: (place) => pinnedDocument(client, place),
      repository: repositoryDocument(client),
      at: (subject, commit, path) => documentAt(client, subject, commit, path),
    },
    load: (app) => load(probot, app),
    receive: (delivery) => receive(probot, delivery),
    whoAmI: () => readApp(client),
    installations: () => listInstallations(client),
    hooks: {
      attemptsSince: (since) => readAttempts(client, since),
      redeliver: (attemptId) => askForRedelivery(client, attemptId),
      installations: () => listInstallations(client),
    },
  }
}

function createPort(client: Client): GitHub {
  const slug = async () => (await readApp(client)).slug
  return {
    repository: (subject) => readRepository(client, subject),
    current: (subject) => readCurrent(client, subject),
    changedPaths: (subject, headSha) => readChangedPaths(client, subject, headSha),
    installation: (subject) => readInstallation(client, subject.installationId),
    roleOf: (subject, person) => readRole(client, subject, person),
    account: (subject, id) => readAccount(client, subject, id),
    teamMembership: (subject, team, person) => readTeamMembership(client, subject, team, person),
    reviewedSince: (subject, person, since) => readReviewedSince(client, subject, person, since),
    teamMembers: (subject, team) => readTeamMembers(client, subject, team),
    headPeople: (subject, pull) => readHeadPeople(client, subject, pull),
    existsAt: (subject, sha, path) => existsAt(client, subject, sha, path),
    samlIdentities: (subject, person) => readSamlIdentities(client, subject, person),
    property: (subject, name) => readProperty(client, subject, name),
    documentChanges: (place, since, until) => readDocumentChanges(client, place, since, until),
    mergedBy: (place, commit) => readMergedBy(client, place, commit),
    approvalsOf: (subject, pull) => readApprovals(client, subject, pull),
    react: (subject, commentId, reaction) => react(client, subject, commentId, reaction),
    createIssue: (subject, issue) => createIssue(client, subject, issue),
    findIssue: (subject, marker) => findIssue(client, subject, marker, slug),
    createComment: (subject, body) => createComment(client, subject, body),
    updateComment: (subject, id, body) => updateComment(client, subject, id, body),
    findComment: (subject, marker) => findComment(client, subject, marker, slug),
    createCheck: (subject, check) => createCheck(client, subject, check),
    updateCheck: (subject, id, check) => updateCheck(client, subject, id, check),
    findCheck: (subject, headSha, name, about) => findCheck(client, subject, headSha, name, about),
  }
}
