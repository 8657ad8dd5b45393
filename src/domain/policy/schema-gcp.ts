// What a role gives in Google Cloud: a role on a project, a folder or an organization, with the lease as its condition.
import { z } from 'zod'
import { gcpRoleProblem } from './escalating.ts'
import { mapping, text } from './schema-pieces.ts'

/** Of companies that had domains for their projects: `example.com:shop`. */
const projectId = '(?:[a-z0-9][a-z0-9.-]{0,61}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]'
const customRole = '[a-zA-Z0-9_.]{3,64}'

/** NB: a project has an id and a number; who writes its policy under two names would not wait for each other. */
const project = () =>
  text(
    new RegExp(`^${projectId}$`),
    "write the project's id, not its number: `gcloud projects describe <project> --format='value(projectId)'`",
  )

const number = (hint: string) =>
  z
    .union([z.int().positive(), z.string().regex(/^[1-9]\d{0,18}$/, { error: hint })], {
      error: hint,
    })
    .transform(String)

const role = () =>
  text(
    new RegExp(
      `^(?:roles/[a-zA-Z0-9_.]{1,100}|(?:projects/${projectId}|organizations/[1-9]\\d{0,18})/roles/${customRole})$`,
    ),
    'write the role as `roles/<name>`, or your own as `projects/<id>/roles/<name>`',
  ).superRefine((written, context) => {
    const message = gcpRoleProblem(written)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

/** NB: it is put into a condition between quotes: nothing in it may end them. */
const only = () =>
  text(
    /^[a-z][\w~%.:@+{}-]*(?:\/[\w~%.:@+{}-]+)+(?:\/?\*)?$/,
    'write the name that conditions compare, such as `projects/_/buckets/orders` or `projects/_/buckets/orders/*`: without `//<service>.googleapis.com/`, with `*` at its end alone',
  ).max(500, { error: 'write at most 500 characters' })

export const gcpWhere = ['project', 'folder', 'organization'] as const

export const gcpBinding = () =>
  mapping(
    {
      project: project().describe("The project's id.").optional(),
      folder: number("write the folder's number").optional(),
      organization: number("write the organization's number").optional(),
      role: role(),
      only: only()
        .describe(
          'Narrows it to the resource of this name (`resource.name` in conditions), or those whose names begin so.',
        )
        .optional(),
    },
    'write `{ project: <id>, role: roles/<name> }`, or `folder` or `organization` in place of `project`',
  ).meta({ oneOf: gcpWhere.map((where) => ({ required: [where] })) })

export type GcpBindingInput = z.output<ReturnType<typeof gcpBinding>>
