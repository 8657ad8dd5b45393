// What a role gives in Azure: a role in a scope, by a schedule that Azure ends or by a plain assignment.
import { z } from 'zod'
import { azureRoleProblem } from './escalating.ts'
import { exclusive } from './schema-exclusive.ts'
import { mapping, text } from './schema-pieces.ts'

export const guid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
export const isGuid = (text: string): boolean => new RegExp(`^${guid}$`, 'i').test(text)

/** NB: no name that is or ends in dots: addresses with such parts lead elsewhere. */
const name = (max: number) => String.raw`[\w({][\w.(){}-]{0,${max - 2}}[\w){}-]|[\w]`
const group = `/resourceGroups/(?:${name(90)})`
const resource = String.raw`/providers/[a-z][\w]*(?:\.[\w]+)+(?:/[a-z]\w*/(?:${name(250)}))+`

const scope = () =>
  text(
    new RegExp(
      `^(?:/subscriptions/${guid}(?:${group})?(?:${resource})?|/providers/Microsoft\\.Management/managementGroups/(?:${name(90)}))$`,
      'i',
    ),
    'write the scope from its start, such as `/subscriptions/<id>/resourceGroups/<name>` or `/providers/Microsoft.Management/managementGroups/<name>`',
  )
    .max(1000, { error: 'write at most 1000 characters' })
    // Azure's scopes are the same in any case: a lane has one name.
    .transform((written) => written.toLowerCase())

const role = () =>
  text(
    /^[^\p{C}\p{Zl}\p{Zp}`'"\\/<>]{1,128}$/u,
    "write the role's name, such as `Reader`, or its id",
  ).superRefine((written, context) => {
    const message = azureRoleProblem(written)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

export const azureBinding = () =>
  mapping(
    {
      scope: scope(),
      role: role().describe("The role's name or id."),
      via: z
        .enum(['pim', 'assignment'], {
          error: 'write `pim` or `assignment`; left out, the licence of the tenant decides',
        })
        .describe(
          '`pim`: a schedule that Azure itself ends. `assignment`: a plain one, that Hallpass ends. By licence when left out.',
        )
        .optional(),
      exclusive: exclusive().optional(),
    },
    'write `{ scope: /subscriptions/<id>/resourceGroups/<name>, role: <name>, via: pim }`',
  ).meta({ anyOf: [{ required: ['exclusive'] }, { required: ['via'] }] })

export type AzureBindingInput = z.output<ReturnType<typeof azureBinding>>
