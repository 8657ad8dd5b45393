// What gives access to itself and to others. Given for a while it would let the recipient outlive the window, so it is refused; not every way up leads through these.

/** AWS services, by the prefix of their actions: granted inline they are refused whole; what reads them belongs in a role that is assumed. */
const awsServices = [
  'account',
  'iam',
  'identitystore',
  'organizations',
  'sso',
  'sso-directory',
  'sts',
]

export const awsServiceProblem = (action: string): string | undefined => {
  const service = action.split(':')[0] ?? ''
  return awsServices.includes(service)
    ? `\`${service}\` gives access to itself and to others: use \`assume\` with a role that was made for it`
    : undefined
}

/** Of AWS's own managed policies, by their names. `PowerUserAccess` may assume any role that trusts the account. */
const awsPolicies = [
  'AdministratorAccess',
  'AdministratorAccess-AWSElasticBeanstalk',
  'AdministratorAccess-Amplify',
  'AWSOrganizationsFullAccess',
  'AWSSSODirectoryAdministrator',
  'AWSSSOMasterAccountAdministrator',
  'AWSSSOMemberAccountAdministrator',
  'IAMFullAccess',
  'PowerUserAccess',
]

/** The name of AWS's own policy that gives access to itself and to others. */
export const awsPolicyProblem = (arn: string): string | undefined => {
  const [, name = ''] = /^arn:[a-z-]+:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
  // To IAM names are the same whatever their case.
  return awsPolicies.find((known) => known.toLowerCase() === name.toLowerCase())
}

const gcpWays: readonly (readonly [RegExp, string])[] = [
  [/^roles\/(?:owner|editor|viewer)$/, 'Google Cloud takes no basic role with a condition'],
  [/^roles\/(?:admin|writer)$/, 'it gives access to itself and to others'],
  [
    /^roles\/(?:iam|resourcemanager|privilegedaccessmanager)\.\w*admin$/i,
    'it decides about the access of others, and of whoever holds it',
  ],
  [
    /^roles\/iam\.(?:serviceAccount\w*TokenCreator|workloadIdentityUser)$/,
    'it makes credentials of service accounts, which outlive it',
  ],
]

export function gcpRoleProblem(role: string): string | undefined {
  const why = gcpWays.find(([pattern]) => pattern.test(role))?.[1]
  return why === undefined ? undefined : `${why}: write a role for the work itself`
}

/** Of Azure's own roles, by name and by id, lower case. */
const azureRoles = new Map([
  ['owner', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'],
  ['user access administrator', '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'],
  ['role based access control administrator', 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'],
  ['reservations administrator', 'a8889054-8d42-49c9-bc1c-52486c10e7cd'],
  ['key vault data access administrator', '8b54135c-b56d-4d72-a534-26097cfdc8d8'],
  ['virtual machine data access administrator (preview)', '66f75aeb-eabe-4b70-9f1e-c350c4c9ad04'],
])
const azureIds = new Set(azureRoles.values())

export const azureRoleProblem = (role: string): string | undefined =>
  azureRoles.has(role.toLowerCase()) || azureIds.has(role.toLowerCase())
    ? 'it gives access to itself and to others: write a role for the work itself'
    : undefined
