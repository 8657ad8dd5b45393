// The command line.
import { userInfo } from 'node:os'
import { Command } from 'commander'
import type { DrillArguments } from '../drill/command.ts'
import type { ClaimOptions } from './entrypoints/cli/claim.ts'
import type { FreezeOptions } from './entrypoints/cli/freeze.ts'
import type { ReconcileOptions } from './entrypoints/cli/reconcile.ts'
import type { SimulateOptions } from './entrypoints/cli/simulate/simulate.ts'
import { lastWords, typedWords } from './entrypoints/cli/words.ts'

const output = { line: (text: string) => process.stdout.write(`${text}\n`) }

const program = new Command('hallpass')
  .description('Time-boxed cloud access from pull requests, and proof that it ended.')
  .showHelpAfterError()

const running = (name: string, description: string, parts: { ingress: boolean; worker: boolean }) =>
  program
    .command(name)
    .description(description)
    .action(async () => {
      const { runUntilStopped } = await import('./start.ts')
      await runUntilStopped(name, parts)
    })

running('start', 'take deliveries in and work on them, in one process', {
  ingress: true,
  worker: true,
})
running('serve', 'only take deliveries in (needs DATABASE_URL)', { ingress: true, worker: false })
running('work', 'only work on them (needs DATABASE_URL)', { ingress: false, worker: true })

program
  .command('demo')
  .description(
    'play the main job, GitHub and three clouds simulated, and serve a page to play with',
  )
  .option('--exit', 'leave when it is told')
  .option('--json', 'print JSON lines instead')
  .action(async (options: { exit?: true; json?: true }) => {
    const { demo } = await import('../demo/demo.ts')
    process.exitCode = await demo({ exit: options.exit ?? false, json: options.json ?? false })
  })

program
  .command('drill')
  .description(
    'hundreds of grants against simulated services, while processes are killed and clouds fail',
  )
  .option('--store <kind>', 'embedded, postgres or postgres-redis; as much as settings name')
  .option('--seed <number>', 'the same plan and the same chances again')
  .option('--grants <number>', 'how many', '300')
  .option('--kills <number>', 'how many processes are killed', '50')
  .option('--duration <seconds>', 'in which all is asked for and struck')
  .option('--keep', 'keep what all processes logged, whatever came of it')
  .option('--json', 'end with one line of JSON')
  .action(async (options: DrillArguments) => {
    const { drill } = await import('../drill/command.ts')
    process.exitCode = await drill(options, process.env)
  })

program
  .command('validate')
  .description("tell a policy's errors, with file, line and column")
  .argument('[file...]', 'policy documents', ['policy.yml'])
  .action(async (files: readonly string[]) => {
    const { validate } = await import('./entrypoints/cli/validate.ts')
    process.exitCode = validate(files, output)
  })

program
  .command('diff')
  .description('what another version of the policy would change about access')
  .argument('<old>', "the organization's document as it was")
  .argument('<new>', 'as it would be')
  .option('--fail-on-widening', 'exit 1 when it gives more')
  .option('--json', 'as JSON')
  .action(async (old: string, now: string, options: { json?: true; failOnWidening?: true }) => {
    const { diff } = await import('./entrypoints/cli/diff.ts')
    const { json = false, failOnWidening = false } = options
    process.exitCode = diff({ old, new: now }, { json, failOnWidening }, output)
  })

program
  .command('simulate')
  .description('tell what an event would do, and why, without doing it')
  .argument('<event>', 'a JSON file that holds {"name": …, "payload": …}')
  .option('--policy <file>', "the organization's document", 'policy.yml')
  .option('--rules <file>', "the repository's document")
  .option('--facts <file>', 'what is so besides: see examples/facts.json')
  .option('--at <time>', 'when it is handled; the moment of the act unless given')
  .option('--json', 'as JSON')
  .action(async (file: string, options: SimulateOptions) => {
    const { simulateFile } = await import('./entrypoints/cli/simulate/simulate.ts')
    process.exitCode = await simulateFile(file, options, output)
  })

program
  .command('grants')
  .description('who holds what now, and how late access was gone')
  .option('--all', 'also what ended')
  .option('--json', 'the list alone, as JSON; how late access was gone is in the metrics')
  .action(async (options: { all?: true; json?: true }) => {
    const { listGrants } = await import('./entrypoints/cli/grants.ts')
    const { withOperations } = await import('./compose/operations.ts')
    await withOperations(process.env, (operations) =>
      listGrants(operations, { all: options.all ?? false, json: options.json ?? false }, output),
    )
  })

program
  .command('revoke')
  .description('end a grant now')
  .argument('<grant>', 'its id, as in `hallpass grants`')
  .action(async (id: string) => {
    const { revoke } = await import('./entrypoints/cli/grants.ts')
    const { withOperations } = await import('./compose/operations.ts')
    process.exitCode = await withOperations(process.env, (operations) =>
      revoke(operations, id, userInfo().username, output),
    )
  })

program
  .command('explain')
  .description('why a grant was given: its policy, its facts, and the steps over them once more')
  .argument('<grant>', 'its id, as in `hallpass grants --all`')
  .option('--json', 'as JSON, with the texts of the policy and every fact')
  .action(async (id: string, { json = false }: { json?: boolean }) => {
    const { explain } = await import('./entrypoints/cli/explain.ts')
    const { withOperations } = await import('./compose/operations.ts')
    process.exitCode = await withOperations(process.env, (operations) =>
      explain(operations, id, { json }, output),
    )
  })

program
  .command('freeze')
  .description('the kill switch: end every grant, or those of one person, role or repository')
  .option('--person <id>', "a person's numeric id, or the @login that grants are recorded under")
  .option('--role <role>', 'as the policy names it')
  .option('--repository <id>', 'its numeric id, or owner/name')
  .requiredOption('--because <reason>', 'what people are told')
  .option('--json', 'as JSON')
  .action(async (options: FreezeOptions) => {
    const { freeze } = await import('./entrypoints/cli/freeze.ts')
    const { withOperations } = await import('./compose/operations.ts')
    process.exitCode = await withOperations(process.env, (operations) =>
      freeze(operations, options, userInfo().username, output),
    )
  })

program
  .command('unfreeze')
  .description('end a freeze')
  .argument('<freeze>', 'its id, as in `hallpass freezes`')
  .option('--json', 'as JSON')
  .action(async (id: string, { json = false }: { json?: boolean }) => {
    const { unfreeze } = await import('./entrypoints/cli/freeze.ts')
    const { withOperations } = await import('./compose/operations.ts')
    const operator = userInfo().username
    process.exitCode = await withOperations(process.env, (operations) =>
      unfreeze(operations, id, { json, operator }, output),
    )
  })

program
  .command('freezes')
  .description('what is frozen now')
  .option('--json', 'as JSON')
  .action(async ({ json = false }: { json?: boolean }) => {
    const { listFreezes } = await import('./entrypoints/cli/freeze.ts')
    const { withOperations } = await import('./compose/operations.ts')
    await withOperations(process.env, (operations) => listFreezes(operations, { json }, output))
  })

program
  .command('reconcile')
  .description('look in the clouds for what should not be there, and set right what is on record')
  .option('--dry-run', 'only tell what is found and what would be done')
  .option('--remove <digest>', 'also remove what nothing is recorded of: the set that was named')
  .option('--json', 'as JSON')
  .action(async (options: ReconcileOptions) => {
    const { reconcile } = await import('./entrypoints/cli/reconcile.ts')
    const { withOperations } = await import('./compose/operations.ts')
    process.exitCode = await withOperations(process.env, (operations) =>
      reconcile(operations, options, userInfo().username, output),
    )
  })

program
  .command('alarms')
  .description('what a person has to look at in the clouds')
  .option('--json', 'as JSON')
  .action(async ({ json = false }: { json?: boolean }) => {
    const { listAlarms } = await import('./entrypoints/cli/reconcile.ts')
    const { withOperations } = await import('./compose/operations.ts')
    process.exitCode = await withOperations(process.env, (operations) =>
      listAlarms(operations, { json }, output),
    )
  })

program
  .command('policy')
  .description('accept what the policy says now: `policy accept`')
  .command('accept')
  .description("let the organization's document count as it stands, on your word")
  .option('--blob <hash>', 'only with these contents (`git hash-object <file>`)')
  .option('--json', 'as JSON')
  .action(async ({ blob, json = false }: { blob?: string; json?: boolean }) => {
    const { policyAccept } = await import('./entrypoints/cli/policy-accept.ts')
    const { withOperations } = await import('./compose/operations.ts')
    const operator = userInfo().username
    process.exitCode = await withOperations(process.env, (operations) =>
      policyAccept(operations, { json, operator, ...(blob === undefined ? {} : { blob }) }, output),
    )
  })

program
  .command('claim')
  .description('say that this ledger goes on: it was restored, copied or moved, and nothing acts')
  .option('--as-new', 'it is a copy: let it be another instance, and leave to its original')
  .option('--of <instance>', 'with --as-new: the instance that it is until now')
  .option('--json', 'as JSON')
  .action(async (options: ClaimOptions) => {
    const { claim } = await import('./entrypoints/cli/claim.ts')
    const { withOperations } = await import('./compose/operations.ts')
    process.exitCode = await withOperations(process.env, (operations) =>
      claim(operations, options, userInfo().username, output),
    )
  })

program
  .command('doctor')
  .description("look at settings, database, queue, GitHub App, policy and the clouds' credentials")
  .action(async () => {
    const { doctor } = await import('./entrypoints/cli/doctor.ts')
    const { examinations } = await import('./compose/doctor.ts')
    process.exitCode = await doctor(examinations(process.env), output)
  })

/** NB: what nobody caught is not left to Node, which prints an error with all that it carries: the command that a connection failed at, and its password. */
process.on('uncaughtException', (error) => {
  process.stderr.write(`${lastWords(error)}\n`)
  process.exit(1)
})

try {
  await program.parseAsync(typedWords(process.argv.slice(2)), { from: 'user' })
} catch (error) {
  process.stderr.write(`${lastWords(error)}\n`)
  process.exitCode = 1
}
