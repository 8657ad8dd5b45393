// What nobody may be told, how it is changed, and what is installed beside it.
import type { Defence } from '../defence.ts'

const typed = 'test/cli/planted.test.ts'
const onCall = 'test/adapters/on-call.test.ts'
const fetching = 'src/adapters/on-call/fetch-json.ts'

export const secrets: readonly Defence[] = [
  {
    id: 'secret-form-github',
    what: 'A GitHub token is taken out of what is told.',
    file: 'src/domain/redact.ts',
    cut: '  /gh[a-z]_[\\w.-]{16,}/g,\n',
    put: '',
    test: {
      file: 'test/domain/redact.test.ts',
      title: ['is not told', 'after words'],
    },
  },
  {
    id: 'secret-in-errors',
    what: 'What an error quotes is looked through before it is logged.',
    file: 'src/adapters/log/create-log.ts',
    cut: 'redact(`${error.name}: ${error.message}`)',
    put: '`${error.name}: ${error.message}`',
    test: {
      file: 'test/journeys/planted-secrets.test.ts',
      title: 'none of them is in logs, comments, checks, the ledger or answers',
    },
  },
  {
    id: 'secret-typed',
    what: 'No command reads a credential that was typed.',
    file: 'src/entrypoints/cli/words.ts',
    cut: 'existsSync(word) ? word : withoutSecrets(word)',
    put: 'existsSync(word) ? word : word',
    test: { file: typed, title: ['as', 'a command'] },
  },
  {
    id: 'secret-crash',
    what: 'An error that nobody caught is told in its own words, without credentials.',
    file: 'src/main.ts',
    cut: "process.on('uncaughtException'",
    put: "process.on('never'",
    test: { file: typed, title: 'in an error that nobody caught, and in what it carries' },
  },
  {
    id: 'secret-as-a-name',
    what: 'A key is not quoted as the name of an account or a file that it could be.',
    file: 'src/config/told.ts',
    cut: 'const isPlain = (value: string): boolean => withoutSecrets(value) === value',
    put: "const isPlain = (value: string): boolean => withoutSecrets('') === '' || value === ''",
    test: {
      file: 'test/fuzz/settings.test.ts',
      title: 'in any setting is not repeated',
    },
  },
  {
    id: 'secret-strength',
    what: 'A webhook secret that can be guessed is refused.',
    file: 'src/config.ts',
    cut: "secret === 'development' || secret.length < secretLengthMin",
    put: "secret === 'development'",
    test: { file: 'test/config.test.ts', title: 'a short secret' },
  },
  {
    id: 'secret-former',
    what: 'The former webhook secret goes on beside the new one.',
    file: 'src/entrypoints/ingress/signature.ts',
    cut: 'for (const secret of secrets) {',
    put: 'for (const secret of secrets.slice(0, 1)) {',
    test: {
      file: 'test/entrypoints/ingress.test.ts',
      title: 'signed with the previous secret is taken',
    },
  },
  {
    id: 'key-former',
    what: 'The former private key goes on beside the new one.',
    file: 'src/adapters/github/app-keys.ts',
    cut: 'tried < apps.length',
    put: 'tried < 1',
    test: { file: 'test/adapters/github-keys.test.ts', title: 'no call fails' },
  },
  {
    id: 'owner-place-private',
    what: 'Only this user reaches the embedded ledger.',
    file: 'src/adapters/owner/place.ts',
    cut: '  if ((found.mode & 0o077) !== 0) await chmod(place, 0o700)\n',
    put: '',
    and: [
      {
        file: 'src/adapters/owner/place.ts',
        cut: '  await mkdir(place, { recursive: true, mode: 0o700 })\n',
        put: '  await mkdir(place, { recursive: true, mode: 0o755 })\n',
      },
    ],
    test: {
      file: 'test/adapters/owner.test.ts',
      title: 'only this user may enter, whatever the umask',
    },
  },
  {
    id: 'on-call-status',
    what: 'An on-call source that does not answer with 200 names nobody.',
    file: fetching,
    cut: 'response.status !== 200',
    put: 'response.status < 100',
    test: { file: onCall, title: 'is a refusal' },
  },
  {
    id: 'on-call-encrypted',
    what: 'No token is sent unencrypted, but on this machine.',
    file: fetching,
    cut: "throw new OnCallDown('its address is not https')",
    put: 'return url',
    test: { file: onCall, title: 'is not encrypted' },
  },
  {
    id: 'on-call-size',
    what: 'No answer of an on-call source is read without end.',
    file: fetching,
    cut: "if (size > bodyBytesMax) throw new OnCallDown('its answer is too large')",
    put: '',
    test: { file: onCall, title: 'is larger than 256 KB' },
  },
  {
    id: 'heads-in-time',
    what: 'A head that does not arrive gives its connection back.',
    file: 'src/entrypoints/ingress/listen.ts',
    cut: 'headersTimeout: Math.min(10_000, requestMsMax),',
    put: 'headersTimeout: 0,',
    and: [
      {
        file: 'src/entrypoints/ingress/listen.ts',
        cut: 'requestTimeout: requestMsMax,',
        put: 'requestTimeout: 0,',
      },
    ],
    test: {
      file: 'test/entrypoints/ingress-listen.test.ts',
      title: 'headers that do not arrive are cut',
    },
  },
  {
    id: 'install-scripts-off',
    what: 'No package runs code when it is installed.',
    file: '.npmrc',
    cut: 'ignore-scripts=true',
    put: 'ignore-scripts=false',
    test: {
      file: 'test/house/lockfile.test.ts',
      title: 'no package runs a script when it is installed',
    },
  },
  {
    id: 'imports-held',
    what: 'What the core may reach is held to a table.',
    file: 'lint/plugin.ts',
    cut: 'if (message !== undefined) context.report({ node, message })',
    put: 'void message',
    test: { file: 'test/house/import-rule.test.ts', title: 'refuses every planted violation' },
  },
]
