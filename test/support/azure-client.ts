// The unmodified SDK against the simulated Resource Manager: only where its requests go is changed.
import { AuthorizationManagementClient } from '@azure/arm-authorization'
import type { TokenCredential } from '@azure/core-auth'
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline'
import type { AppCredentials } from '../../sandbox/azure/control.ts'

const publicHost = 'https://management.azure.com'

/**
 * The bearer policy has done its part by now: only here may plain HTTP carry its token. A retry sends the same request
 * again, which must then look as it did.
 */
function towards(sandbox: string): HttpClient {
  const client = createDefaultHttpClient()
  return {
    async sendRequest(request) {
      const { url } = request
      if (!url.startsWith(`${publicHost}/`)) throw new Error(`Not for here: ${url}`)
      try {
        request.url = sandbox + url.slice(publicHost.length)
        request.allowInsecureConnection = true
        return await client.sendRequest(request)
      } finally {
        request.url = url
        request.allowInsecureConnection = false
      }
    },
  }
}

/** Asked for each request anew: the cloud's clock may be turned, which the SDK's own cache cannot know. */
const credentialOf = ({ token }: Pick<AppCredentials, 'token'>): TokenCredential => ({
  getToken: () => Promise.resolve({ token: token().token, expiresOnTimestamp: Date.now() }),
})

export const azureClient = (
  url: string,
  credentials: Pick<AppCredentials, 'token'>,
  subscriptionId: string,
  maxRetries = 0,
) =>
  new AuthorizationManagementClient(credentialOf(credentials), subscriptionId, {
    httpClient: towards(url),
    retryOptions: { maxRetries },
  })
