// The vendor's unmodified clients, pointed at the simulated Google Cloud.
import {
  FoldersClient,
  OrganizationsClient,
  ProjectsClient,
  type protos,
} from '@google-cloud/resource-manager'
import {
  credentials,
  InterceptingCall,
  type ChannelCredentials,
  type Interceptor,
  type Metadata,
} from '@grpc/grpc-js'
import type { Gcp } from '../../sandbox/gcp/index.ts'

export type Policy = protos.google.iam.v1.IPolicy
export type Binding = protos.google.iam.v1.IBinding

export function clientsOf(gcp: Gcp) {
  const { apiEndpoint, port } = gcp
  // The SDK carries types of its own copy of grpc-js.
  const sslCreds: ChannelCredentials = credentials.createInsecure()
  // Never sent over this channel: without some, the SDK goes and asks the machine it runs on.
  const unused = { client_email: 'hallpass@ops.iam.gserviceaccount.com', private_key: 'unused' }
  const options = { apiEndpoint, port, sslCreds, credentials: unused }
  const projects = new ProjectsClient(options)
  const folders = new FoldersClient(options)
  const organizations = new OrganizationsClient(options)
  return {
    projects,
    folders,
    organizations,
    close: () => Promise.all([projects.close(), folders.close(), organizations.close()]),
  }
}

/** A call's own options: who calls, why, and a look at the answer's metadata. */
export function calling(more: {
  token?: string
  reason?: string
  timeout?: number
  metadata?: (metadata: Metadata) => void
}) {
  const headers = {
    ...(more.token === undefined ? {} : { authorization: `Bearer ${more.token}` }),
    ...(more.reason === undefined ? {} : { 'x-goog-request-reason': more.reason }),
  }
  const look: Interceptor = (options, next) =>
    new InterceptingCall(next(options), {
      start(metadata, _listener, begin) {
        begin(metadata, {
          onReceiveMetadata(received, pass) {
            more.metadata?.(received)
            pass(received)
          },
        })
      },
    })
  return {
    timeout: more.timeout ?? 10_000,
    otherArgs: { headers, options: { interceptors: [look] } },
  }
}

export const until = (role: string, member: string, end: string, title = 'until'): Binding => ({
  role,
  members: [member],
  condition: { title, expression: `request.time < timestamp("${end}")` },
})
