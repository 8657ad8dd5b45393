import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCode, readGrantId } from '../../src/domain/commands/codes.ts'
import { commandOfButton } from '../../src/domain/commands/command-of-button.ts'
import { commandTable } from '../../src/domain/commands/command-table.ts'
import { isHeard, type Title } from '../../src/domain/commands/least-standing.ts'
import { parseCommand } from '../../src/domain/commands/parse-command.ts'
import { definitions, registry } from '../../src/domain/commands/registry.ts'
import type { Command, Verb } from '../../src/domain/commands/types.ts'
import type { RoleName } from '../../src/domain/subjects.ts'

const request = (
  role: string,
  leaseSeconds?: number,
  reason?: string,
  breakGlass = false,
): Command => ({ verb: 'request', wanted: { role, leaseSeconds, reason, breakGlass } })
const code = 'K7Q2-9MXD'
const everything = { kind: 'everything' } as const

/** [the line, what it means] */
const understood: readonly (readonly [string, Command])[] = [
  ['', { verb: 'help' }],
  ['request orders-deploy', request('orders-deploy')],
  ['request `orders-deploy`', request('orders-deploy')],
  ['REQUEST orders-deploy FOR 2H', request('orders-deploy', 7200)],
  ['request a for 1h30m because it broke', request('a', 5400, 'it broke')],
  ['request a because for 2h it broke', request('a', undefined, 'for 2h it broke')],
  ['request a because because', request('a', undefined, 'because')],
  ['request a because  two\t blanks ', request('a', undefined, 'two blanks')],
  ['request a --break-glass because fire', request('a', undefined, 'fire', true)],
  ['request a —break-glass because fire', request('a', undefined, 'fire', true)],
  ['request a --break-glass for 30m because fire', request('a', 1800, 'fire', true)],
  ['request a for 30m --break-glass because fire', request('a', 1800, 'fire', true)],
  ['request a because no --break-glass', request('a', undefined, 'no --break-glass')],
  ['request for', request('for')],
  ['approve K7Q2-9MXD', { verb: 'approve', code }],
  ['Approve k7q29mxd', { verb: 'approve', code }],
  ['approve `K7Q2-9MXD`', { verb: 'approve', code }],
  ['approve O1IL-oil0', { verb: 'approve', code: '0111-0110' }],
  ['deny K7Q2-9MXD', { verb: 'deny', code, because: undefined }],
  ['deny k7q2-9mxd because not now', { verb: 'deny', code, because: 'not now' }],
  ['extend 2h', { verb: 'extend', leaseSeconds: 7200 }],
  ['extend 90s', { verb: 'extend', leaseSeconds: 90 }],
  ['done', { verb: 'done' }],
  ['DONE', { verb: 'done' }],
  ['withdraw', { verb: 'withdraw', code: undefined }],
  ['withdraw K7Q2-9MXD', { verb: 'withdraw', code }],
  ['revoke', { verb: 'revoke', target: everything }],
  ['revoke @octo-cat', { verb: 'revoke', target: { kind: 'person', login: 'octo-cat' } }],
  ['revoke @ada_acme', { verb: 'revoke', target: { kind: 'person', login: 'ada_acme' } }],
  ['revoke k7q2-9mxd', { verb: 'revoke', target: { kind: 'code', code: 'K7Q2-9MXD' } }],
  ['revoke 7K3M9QX2V0BD', { verb: 'revoke', target: { kind: 'grant', id: '7k3m9qx2v0bd' } }],
  ['revoke 7k3m9qx2vobd', { verb: 'revoke', target: { kind: 'grant', id: '7k3m9qx2v0bd' } }],
  ['acknowledge K7Q2-9MXD', { verb: 'acknowledge', code }],
  ['status', { verb: 'status' }],
  ['roles', { verb: 'roles' }],
  ['why orders-deploy', { verb: 'why', login: undefined, role: 'orders-deploy' }],
  ['why @ada orders-deploy', { verb: 'why', login: 'ada', role: 'orders-deploy' }],
  ['help', { verb: 'help' }],
]

/** [the line, what the answer says, the verb that it points to] */
const mistaken: readonly (readonly [string, string, Verb | undefined])[] = [
  ['request', 'role is missing', 'request'],
  ['request Orders', '`Orders` is no role', 'request'],
  ['request a/b', '`a/b` is no role', 'request'],
  ['request --break-glass because fire', '`--break-glass` is no role', 'request'],
  ['request a b', '`b` is not expected', 'request'],
  ['request a 2h', '`2h` is not expected', 'request'],
  ['request a for', 'time is missing', 'request'],
  ['request a for ever', '`ever` is no time', 'request'],
  ['request a for 0s', '`0s` is no time', 'request'],
  ['request a for 1h for 2h', '`for` is not expected', 'request'],
  ['request a for 2h\u00A0because x', 'is no time', 'request'],
  ['request a because', 'Write the reason', 'request'],
  [`request a because ${'x'.repeat(501)}`, 'at most 500', 'request'],
  ['request a --break-glass', 'needs a reason', 'request'],
  ['request a --break-glass --break-glass because x', 'is not expected', 'request'],
  ['request a --breakglass because x', '`--breakglass` is not expected', 'request'],
  ['approve', 'code is missing', 'approve'],
  ['approve <code>', 'is no code', 'approve'],
  ['request db because \u00a0\u200b\u3164', 'Write the reason', 'request'],
  ['approve K7Q2-9MX', 'is no code', 'approve'],
  ['approve K7Q2-\u01319MX', 'is no code', 'approve'],
  ['approve \u017f7Q2-9MXD', 'is no code', 'approve'],
  ['revo\u212ae', 'is no command', 'revoke'],
  ['approve K7Q2-9MXDA', 'is no code', 'approve'],
  ['approve K7Q2--9MXD', 'is no code', 'approve'],
  ['approve K7Q2\u20119MXD', 'is no code', 'approve'],
  ['approve U7Q2-9MXD', 'is no code', 'approve'],
  ['approve K7Q2-9MXD\u200B', 'is no code', 'approve'],
  ['approve K7Q2-9MXD AAAA-AAAA', '`AAAA-AAAA` is not expected', 'approve'],
  ['approve <!-- x --> K7Q2-9MXD', 'is no code', 'approve'],
  ['approve K7Q2-9MXD because yes', '`because` is not expected', 'approve'],
  ['deny', 'code is missing', 'deny'],
  ['deny K7Q2-9MXD no', '`no` is not expected', 'deny'],
  ['deny K7Q2-9MXD because', 'Write the reason', 'deny'],
  ['extend', 'time is missing', 'extend'],
  ['extend two hours', '`two` is no time', 'extend'],
  ['extend 2h please', '`please` is not expected', 'extend'],
  ['extend -2h', '`-2h` is no time', 'extend'],
  ['done now', '`now` is not expected', 'done'],
  ['withdraw it', '`it` is no code', 'withdraw'],
  ['withdraw K7Q2-9MXD now', '`now` is not expected', 'withdraw'],
  ['revoke octocat', 'is neither', 'revoke'],
  ['revoke @', 'is neither', 'revoke'],
  ['revoke @a..b', 'is neither', 'revoke'],
  ['revoke K7Q2-9MX', 'is neither', 'revoke'],
  ['revoke @a @b', '`@b` is not expected', 'revoke'],
  ['acknowledge', 'code is missing', 'acknowledge'],
  ['acknowledge 12', '`12` is no code', 'acknowledge'],
  ['acknowledge K7Q2-9MXD x', '`x` is not expected', 'acknowledge'],
  ['status all', '`all` is not expected', 'status'],
  ['roles mine', '`mine` is not expected', 'roles'],
  ['why', 'role is missing', 'why'],
  ['why @ada', 'role is missing', 'why'],
  ['why @a@b c', 'is no user', 'why'],
  ['why a b', '`b` is not expected', 'why'],
  ['help me', '`me` is not expected', 'help'],
  ['aprove K7Q2-9MXD', 'Did you mean `approve`?', 'approve'],
  ['apporve', 'Did you mean `approve`?', 'approve'],
  ['aproved', 'Did you mean `approve`?', 'approve'],
  ['reqest a', 'Did you mean `request`?', 'request'],
  ['exted 2h', 'Did you mean `extend`?', 'extend'],
  ['dnoe', 'Did you mean `done`?', 'done'],
  ['dome', 'Did you mean `done`?', 'done'],
  ['denny', 'Did you mean `deny`?', 'deny'],
  ['revok', 'Did you mean `revoke`?', 'revoke'],
  ['withdrawn', 'Did you mean `withdraw`?', 'withdraw'],
  ['acknowlege', 'Did you mean `acknowledge`?', 'acknowledge'],
  ['stauts', 'Did you mean `status`?', 'status'],
  ['role', 'Did you mean `roles`?', 'roles'],
  ['wyh', 'Did you mean `why`?', 'why'],
  ['wy', 'Did you mean `why`?', 'why'],
  ['hlep', 'Did you mean `help`?', 'help'],
  ['helpp', 'Did you mean `help`?', 'help'],
  ['supercalifragilistic', '`/access help` lists', undefined],
  ['__proto__', '`/access help` lists', undefined],
  ['constructor', '`/access help` lists', undefined],
]

describe('a command', () => {
  it.each(understood)('%j is understood', (line, command) => {
    expect(parseCommand(line)).toEqual(command)
  })

  it.each(mistaken)('%j is a mistake', (line, says, nearest) => {
    const parsed = parseCommand(line)
    expect(parsed).toEqual({ kind: 'mistake', text: expect.stringContaining(says), nearest })
  })

  it('is understood as its own example has it', () => {
    for (const { verb, example, usage } of definitions) {
      expect(usage.startsWith(`/access ${verb}`)).toBe(true)
      expect(parseCommand(example.replace(/^\/access /, ''))).toMatchObject({ verb })
    }
  })

  const hostile = fc.constantFrom(
    ...'@`<>[]()!*_|#-\\\n\t\0ax9'.split(''),
    ...['\u00A0', '\u200B', '\u202E', '\u2028', '\uFEFF', '\uD800', '\u{1F600}', '\u0301'],
  )

  it('whatever it says, is answered, and mentions nobody', () => {
    const words = fc.array(
      fc.oneof(
        fc.constantFrom(...Object.keys(registry), 'for', 'because', '@everyone', '`', '2h', code),
        fc.string({ unit: hostile, maxLength: 20 }),
      ),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(words, (all) => {
        const parsed = parseCommand(all.join(' '))
        if (!('kind' in parsed)) return
        const outsideCode = parsed.text.replaceAll(/`[^`]*`/g, '')
        expect(outsideCode).not.toMatch(/[@`<[\p{C}]/u)
      }),
    )
  })
})

describe('a code', () => {
  const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  const random = (length: number) =>
    fc.string({ unit: fc.constantFrom(...letters.split('')), minLength: length, maxLength: length })

  it('is read in any case, with or without its dash, whatever its look-alikes', () => {
    fc.assert(
      fc.property(random(8), fc.boolean(), fc.boolean(), (text, dash, lower) => {
        const shown = `${text.slice(0, 4)}-${text.slice(4)}`
        const alike = (dash ? shown : text).replaceAll('0', 'O').replaceAll('1', 'l')
        expect(readCode(lower ? alike.toLowerCase() : alike)).toBe(shown)
      }),
    )
  })

  it('of a grant is its id', () => {
    fc.assert(
      fc.property(random(12), (text) => {
        expect(readGrantId(text)).toBe(text.toLowerCase())
        expect(readGrantId(text.slice(1))).toBeUndefined()
      }),
    )
  })
})

describe('a button', () => {
  it.each([
    ['approve', { verb: 'approve', code }],
    ['deny', { verb: 'deny', code, because: undefined }],
    ['withdraw', { verb: 'withdraw', code }],
    ['done', { verb: 'done' }],
    ['extend', { verb: 'extend', leaseSeconds: undefined }],
    ['revoke', { verb: 'revoke', target: everything }],
  ] as const)('%s is its command', (button, command) => {
    expect(commandOfButton({ button, code })).toEqual(command)
  })

  it.each(['approve', 'deny', 'withdraw'] as const)('%s needs a code', (button) => {
    expect(commandOfButton({ button, code: undefined })).toBeUndefined()
  })
})

const visibilities = ['private', 'internal', 'public'] as const
const titles: readonly Title[] = ['holder', 'approver', 'reviewer']
const roles: readonly RoleName[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin']

describe('who is heard', () => {
  const least = (verb: Verb, visibility: (typeof visibilities)[number], held: readonly Title[]) =>
    roles.find((role) =>
      isHeard(registry[verb].atLeast, { role, visibility, titles: new Set(held) }),
    )

  it.each([
    ['request', 'write', []],
    ['approve', 'write', ['approver']],
    ['deny', 'write', ['approver']],
    ['extend', 'write', ['holder']],
    ['done', 'write', ['holder']],
    ['withdraw', 'write', ['holder']],
    ['revoke', 'write', ['approver']],
    ['acknowledge', 'write', ['reviewer']],
    ['status', 'read', []],
    ['roles', 'read', []],
    ['why', 'read', []],
    ['help', 'read', []],
  ] as const)('%s: %s, or as %j', (verb, role, as) => {
    expect(least(verb, 'private', [])).toBe(role)
    expect(least(verb, 'internal', [])).toBe(role)
    expect(least(verb, 'public', [])).toBe('write')
    const enough = titles.filter((title) => least(verb, 'public', [title]) === 'read')
    expect(enough).toEqual(as)
  })

  it('never one without any role', () => {
    for (const { atLeast } of definitions)
      for (const visibility of visibilities)
        expect(isHeard(atLeast, { role: 'none', visibility, titles: new Set(titles) })).toBe(false)
  })
})

it('the table has a row for each verb, and as many cells in each', () => {
  const rows = commandTable().split('\n')
  expect(rows).toHaveLength(definitions.length + 2)
  const cells = rows.map((row) => row.split(/(?<!\\)\|/).length)
  expect(new Set(cells)).toEqual(new Set([6]))
})
