// Secrets in the form of each service's own, made up and easy to find again: none of them opens anything.
import { createHash } from 'node:crypto'

const part = (seed: string, encoding: 'base64url' | 'base64', length: number): string =>
  createHash('sha512').update(seed).digest(encoding).repeat(4).slice(0, length)

const key = [
  '-----BEGIN RSA PRIVATE KEY-----',
  part('pem 1', 'base64', 64),
  part('pem 2', 'base64', 64),
  '-----END RSA PRIVATE KEY-----',
].join('\n')

export const planted = {
  installationToken: `ghs_314159_${part('h', 'base64url', 36)}.${part('p', 'base64url', 240)}.${part('s', 'base64url', 180)}`,
  formerInstallationToken: `ghs_${'Ab1'.repeat(12)}`,
  appToken: `eyJ${part('jh', 'base64url', 30)}.${part('jp', 'base64url', 90)}.${part('js', 'base64url', 200)}`,
  privateKey: key,
  awsAccessKey: 'ASIAQWERTY234567ZZPLANTED',
  awsSecretKey: `aB3${part('aws', 'base64', 86).replaceAll('=', 'x').slice(0, 37)}`,
  awsSessionToken: `IQoJb3JpZ2luX2VjE${part('session', 'base64', 300)}`,
  googleToken: `ya29.${part('google', 'base64url', 120)}`,
  azureToken: `eyJ0eXAi${part('ah', 'base64url', 30)}.eyJ${part('ap', 'base64url', 90)}.${part('as', 'base64url', 100)}`,
  azureClientSecret: `abC8Q~${part('azure', 'base64url', 34)}`,
  databaseUrl: `postgres://hallpass:${part('pg', 'base64url', 30)}@db.example.com:5432/hallpass`,
  redisUrl: `rediss://:${part('redis', 'base64url', 30)}@cache.example.com:6379`,
} as const
