// The clouds that are configured. The others are not even loaded.
import { createAws, type AwsCloud } from '../adapters/aws/create-aws.ts'
import {
  readAwsConfig,
  readAzureConfig,
  readGcpConfig,
  readIdentityCenterConfig,
  type Config,
  type Environment,
} from '../config.ts'
import { ConfigError } from '../domain/errors.ts'
import type { Cloud, Clouds, Log } from '../workflows/ports.ts'

type CloudsConfig = Pick<Config, 'aws' | 'identityCenter' | 'gcp' | 'azure'>

export const readCloudsConfig = (environment: Environment): CloudsConfig => ({
  aws: readAwsConfig(environment),
  identityCenter: readIdentityCenterConfig(environment),
  gcp: readGcpConfig(environment),
  azure: readAzureConfig(environment),
})

export async function connectClouds(
  config: CloudsConfig,
  shared: { readonly instance: string; readonly log: Log },
): Promise<{ readonly aws: AwsCloud; readonly clouds: Clouds }> {
  const aws = createAws({ ...config.aws, ...shared })
  const all: Cloud[] = [aws]
  if (config.identityCenter !== undefined) {
    const { createIdentityCenter } =
      await import('../adapters/aws/identity-center/create-identity-center.ts')
    all.push(createIdentityCenter({ ...config.identityCenter, ...shared }))
  }
  if (config.gcp !== undefined) {
    const { createGcp } = await import('../adapters/gcp/create-gcp.ts')
    all.push(createGcp({ ...config.gcp, ...shared }))
  }
  if (config.azure !== undefined) {
    const { createAzure } = await import('../adapters/azure/create-azure.ts')
    all.push(createAzure({ ...config.azure, ...shared }))
  }
  return { aws, clouds: new Map(all.map((cloud) => [cloud.name, cloud])) }
}

/** NB: an embedded database is one directory on one machine: losing it loses the record of who holds what. */
export function refuseUnguardedCloud({
  store,
  aws,
  identityCenter,
  gcp,
  azure,
}: Pick<Config, 'store'> & CloudsConfig): void {
  if (store.kind !== 'embedded' || store.cloudAccepted) return
  const real = [
    ...(aws.real || identityCenter?.real ? ['AWS accounts'] : []),
    ...(gcp?.real ? ['Google Cloud projects'] : []),
    ...(azure?.real ? ['Azure subscriptions'] : []),
  ]
  if (real.length === 0) return
  throw new ConfigError(
    `The embedded database would guard real ${real.join(' and ')}. Set DATABASE_URL to a Postgres, or HALLPASS_EMBEDDED_CLOUD=accept if one process on this machine is what you want.`,
  )
}
