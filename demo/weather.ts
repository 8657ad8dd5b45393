// What a visitor lets a cloud have: a bad day, from which it comes back.
import type { Scene } from '../sandbox/scene.ts'
import type { SceneClouds } from '../sandbox/scene-clouds.ts'
import { GcpFault } from '../sandbox/gcp/fault.ts'
import type { DemoCloudName } from './clouds/types.ts'

/** `read-only`: what is asked is answered, and nothing is changed. */
export const conditions = ['well', 'slow', 'read-only', 'down'] as const
export type Condition = (typeof conditions)[number]

export interface Weather {
  of(cloud: DemoCloudName): Condition
  set(cloud: DemoCloudName, condition: Condition): void
}

const slowMs = 1_000

/** A cloud's twin, with what this needs of it. */
interface Subjected {
  slow(ms: number): void
  /** Answers as a cloud does that cannot: all calls, or those that would change something. Returns how to end it. */
  refuse(which: 'all' | 'writes'): () => void
}

export function createWeather(scene: Scene, clouds: SceneClouds): Weather {
  const subjected: Readonly<Record<DemoCloudName, Subjected>> = {
    aws: awsOf(scene),
    gcp: gcpOf(clouds),
    azure: azureOf(clouds),
  }
  const now = new Map<DemoCloudName, { readonly condition: Condition; readonly end: () => void }>()
  return {
    of: (cloud) => now.get(cloud)?.condition ?? 'well',
    set(cloud, condition) {
      now.get(cloud)?.end()
      now.set(cloud, { condition, end: begin(subjected[cloud], condition) })
    },
  }
}

function begin(cloud: Subjected, condition: Condition): () => void {
  switch (condition) {
    case 'well':
      return () => undefined
    case 'slow':
      cloud.slow(slowMs)
      return () => cloud.slow(0)
    case 'read-only':
      return cloud.refuse('writes')
    case 'down':
      return cloud.refuse('all')
    default:
      return condition satisfies never
  }
}

const message = 'The service is unavailable.'
const iamRefusal = `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Receiver</Type><Code>ServiceUnavailable</Code><Message>${message}</Message></Error><RequestId>none</RequestId></ErrorResponse>`
const armRefusal = JSON.stringify({ error: { code: 'ServiceUnavailable', message } })
const answered = (body: string, type: string) =>
  new Response(body, { status: 503, headers: { 'content-type': type } })

const awsOf = ({ aws }: Scene): Subjected => ({
  slow: (ms) => aws.slow(ms),
  refuse: (which) =>
    aws.intercept(({ operation }, phase) =>
      phase === 'before' && (which === 'all' || !/^(Get|List|Simulate)/.test(operation))
        ? answered(iamRefusal, 'text/xml')
        : undefined,
    ),
})

const gcpOf = ({ gcp }: SceneClouds): Subjected => ({
  slow: (ms) => gcp.slow(ms),
  refuse: (which) =>
    gcp.intercept(({ operation }, phase) =>
      phase === 'before' && (which === 'all' || operation.endsWith('.SetIamPolicy'))
        ? new GcpFault('UNAVAILABLE', message)
        : undefined,
    ),
})

const azureOf = ({ azure }: SceneClouds): Subjected => ({
  slow: (ms) => azure.slow(ms),
  refuse: (which) =>
    azure.intercept(({ method }, phase) =>
      phase === 'before' && (which === 'all' || method !== 'GET')
        ? answered(armRefusal, 'application/json')
        : undefined,
    ),
})
