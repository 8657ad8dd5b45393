// The clouds that are configured. The others are not even loaded.
import { createAws, type AwsCloud } from '../adapters/aws/create-aws.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../domain/errors.ts'
import type { Cloud, Clouds, Log } from '../workflows/ports.ts'

export async function connectClouds(
  config: Pick<Config, 'aws' | 'identityCenter'>,
  shared: { readonly instance: string; readonly log: Log },
): Promise<{ readonly aws: AwsCloud; readonly clouds: Clouds }> {
  const aws = createAws({ ...config.aws, ...shared })
  const all: Cloud[] = [aws]
  if (config.identityCenter !== undefined) {
    const { createIdentityCenter } =
      await import('../adapters/aws/identity-center/create-identity-center.ts')
    all.push(createIdentityCenter({ ...config.identityCenter, ...shared }))
  }
  return { aws, clouds: new Map(all.map((cloud) => [cloud.name, cloud])) }
}

/** NB: an embedded database is one directory on one machine: losing it loses the record of who holds what. */
export function refuseUnguardedCloud({
  store,
  aws,
  identityCenter,
}: Pick<Config, 'store' | 'aws' | 'identityCenter'>): void {
  const real = aws.real || identityCenter?.real === true
  if (store.kind !== 'embedded' || store.cloudAccepted || !real) return
  throw new ConfigError(
    'The embedded database would guard real AWS accounts. Set DATABASE_URL to a Postgres, or HALLPASS_EMBEDDED_CLOUD=accept if one process on this machine is what you want.',
  )
}
