// Forks and public repositories get nothing unless the catalog says so for this role, and no answer either.
import { code } from './quote.ts'
import { unheard } from './refuse.ts'
import { no, yes, type Step, type Finding, type RuleAsked } from './step.ts'

const fork = ({ rule, role, facts: { current, repository } }: RuleAsked): Finding => {
  if (current.kind === 'issue') return yes('an issue has no head')
  if (current.headRepositoryId === repository.id) return yes('the head is in this repository')
  if (role?.forks === true) return yes('the head is a fork’s, and the role is for those too')
  return no(
    unheard(
      'from-fork',
      `The pull request comes from a fork, and ${code(rule.give)} is not given there. The organization's policy can allow it with \`forks: true\`.`,
      { rule: rule.name, role: rule.give },
    ),
  )
}

const publicly = ({ rule, role, facts: { repository } }: RuleAsked): Finding => {
  if (repository.visibility !== 'public') return yes(`the repository is ${repository.visibility}`)
  if (role?.publicRepositories === true)
    return yes('the repository is public, and the role is for those too')
  return no(
    unheard(
      'repository-public',
      `The repository is public, and ${code(rule.give)} is not given there. The organization's policy can allow it with \`public: true\`.`,
      { rule: rule.name, role: rule.give },
    ),
  )
}

export const originSteps: readonly Step[] = [
  { name: 'fork', look: fork },
  { name: 'public', look: publicly },
]
