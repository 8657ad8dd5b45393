// GraphQL, as far as it is asked: an organization's SAML identities.
import { ApiError } from '../answers.ts'
import { execute } from '../graphql/execute.ts'
import { queryRoot } from '../graphql/identities.ts'
import { parseQuery, QueryProblem, type Variables } from '../graphql/parse.ts'
import { fieldIn, stringIn, type Router } from '../routing.ts'

export function graphqlRoutes(router: Router): void {
  router.installation('POST /graphql', ({ body, caller }) => {
    const query = stringIn(body, 'query')
    if (query === undefined)
      throw new ApiError(400, 'A query attribute must be specified and must be a string.')
    try {
      const sent = fieldIn(body, 'variables')
      const variables = typeof sent === 'object' && sent !== null ? (sent as Variables) : {}
      const { data, errors } = execute(
        queryRoot(router.world, caller),
        parseQuery(query, variables),
      )
      return Response.json(errors.length === 0 ? { data } : { data, errors })
    } catch (error) {
      if (!(error instanceof QueryProblem)) throw error
      router.unhandled.push(`POST /graphql: ${error.message}`)
      return Response.json({ errors: [{ message: error.message }] })
    }
  })
}
