import type { RedisOptions } from 'ioredis'
import { ConfigError } from '../../domain/errors.ts'

/** What REDIS_URL may look like; the first three also with `s` for TLS: `rediss://`, `rediss+sentinel://`. */
const redisUrlForms = [
  'redis://[user:password@]host[:6379][/db]',
  'redis+sentinel://[user:password@]sentinel-1[:26379],sentinel-2/master-name[/db]',
  'unix:///path/to/redis.sock',
] as const

/**
 * Where the Redis behind a URL is. Sentinels are asked without a password unless `?sentinel_password=` gives one.
 * Throws ConfigError, which never holds the URL: it may carry a password.
 */
export function redisOptions(redisUrl: string): RedisOptions {
  const scheme = /^([a-z+]+):\/\//i.exec(redisUrl)?.[1]?.toLowerCase() ?? ''
  const rest = redisUrl.slice(scheme.length + '://'.length)
  switch (scheme) {
    case 'unix':
      if (!rest.startsWith('/')) return refuse('the path of a unix socket starts with /')
      // NB: it would be a part of the path, which is told where it leads nowhere: `?password=` and all.
      return rest.includes('?') ? refuse('a unix socket takes no options') : { path: rest }
    case 'redis':
    case 'rediss':
      return { ...standalone(rest), ...(scheme === 'rediss' ? { tls: {} } : {}) }
    case 'redis+sentinel':
    case 'rediss+sentinel':
      return sentinels(rest, scheme === 'rediss+sentinel')
    default:
      return refuse('it has no scheme that is known')
  }
}

function standalone(rest: string): RedisOptions {
  const url = parse(rest)
  return {
    host: hostOf(url),
    port: url.port === '' ? 6379 : Number(url.port),
    db: database(url.pathname.slice(1)),
    ...credentials(url),
  }
}

function sentinels(rest: string, tls: boolean): RedisOptions {
  const [, userinfo = '', hosts = '', path = ''] =
    /^((?:[^@/]*@)?)([^/?]*)(.*)$/.exec(rest) ?? refuse('it does not parse')
  const all = hosts.split(',').map((host) => parse(host))
  const url = parse(`${userinfo}sentinel${path}`)
  const [name = '', db = ''] = url.pathname.slice(1).split('/')
  if (name === '') refuse('a Sentinel URL ends in the name of the master')
  const sentinelPassword = url.searchParams.get('sentinel_password')
  return {
    sentinels: all.map((one) => ({
      host: hostOf(one),
      port: one.port === '' ? 26379 : Number(one.port),
    })),
    name: decoded(name),
    db: database(db),
    ...credentials(url),
    ...(sentinelPassword === null ? {} : { sentinelPassword }),
    ...(tls ? { tls: {}, enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  }
}

function parse(rest: string): URL {
  const url = URL.parse(`redis://${rest}`)
  if (url === null || url.hostname === '') return refuse('it names no host')
  return url
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

function credentials(url: URL): RedisOptions {
  return {
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(url.password === '' ? {} : { password: decoded(url.password) }),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse('a % in it is not followed by two hexadecimal digits: write %25')
  }
}

function database(text: string): number {
  if (text === '') return 0
  return /^\d{1,4}$/.test(text) ? Number(text) : refuse('the database is a number')
}

function refuse(why: string): never {
  throw new ConfigError(`REDIS_URL: ${why}. It may be ${redisUrlForms.join(', or ')}.`)
}
