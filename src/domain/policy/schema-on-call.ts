// Who is on call: a list in the policy, or whoever an HTTP endpoint says.
import { z } from 'zod'
import { eligible, onCallName } from './schema-people.ts'
import { line, listOf, mapping, numericId, someOf, text } from './schema-pieces.ts'

const idHint = "write GitHub's numeric user id: `gh api users/LOGIN --jq .id`"
const loopback = ['127.0.0.1', 'localhost', '[::1]']

const url = () =>
  text(/^https?:\/\/[!-~]{1,1000}$/, 'write the address that answers, beginning with `https://`')
    .refine((written) => !URL.canParse(written) || new URL(written).username === '', {
      error: 'write it without a user: name the setting that holds the token in `token`',
    })
    .refine(isSafe, { error: 'write an address that begins with `https://`' })

/** NB: the answer says who may approve: nobody on the way may write it. */
function isSafe(written: string): boolean {
  if (!URL.canParse(written)) return false
  const { protocol, hostname } = new URL(written)
  return protocol === 'https:' || loopback.includes(hostname)
}

const member = String.raw`(?!__proto__(?:\.|$))[A-Za-z0-9_-]{1,64}`
const select = () =>
  text(
    new RegExp(String.raw`^(?:${member}|\*)(?:\.(?:${member}|\*)){0,9}$`),
    'write where the names stand in the answer: members and `*` joined by dots, such as `oncalls.*.user.id`',
  )

const source = mapping(
  {
    people: z.union(
      [
        someOf(numericId(idHint), 'write a list of numeric user ids'),
        z.record(line(100, 'write the name as the source writes it'), numericId(idHint), {
          error: "write GitHub's numeric user ids by the source's names",
        }),
      ],
      { error: 'write a list of numeric user ids, or with a `url` those ids by its names' },
    ),
    url: url().describe('Answers JSON that says who is on call.').optional(),
    token: text(
      /^HALLPASS_ON_CALL_[A-Z0-9_]{1,64}$/,
      'write the name of the setting that holds the token: it begins with `HALLPASS_ON_CALL_`',
    ).optional(),
    select: select().describe('Where the names stand in the answer.').optional(),
    fallback: listOf(
      eligible(),
      'write who approves while it does not answer, such as `[team:sre]`; `[]` means nobody',
    )
      .describe('Who approves while the source does not answer. Empty means nobody.')
      .optional(),
  },
  'write `{ people: [<numeric id>] }`, or `{ url, select, people, fallback }`',
).meta({ dependentRequired: { url: ['select', 'fallback'] } })

export const onCall = () =>
  z.record(onCallName(), source, { error: 'write who is on call by name' })

export type OnCallDocument = z.output<typeof source>
