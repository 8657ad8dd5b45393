import { describe, expect, test } from 'vitest'
import { redisOptions } from '../../src/adapters/queue/redis-url.ts'

describe('where a REDIS_URL points', () => {
  test.each([
    ['redis://cache', { host: 'cache', port: 6379, db: 0 }],
    ['redis://:p%40ss@cache:7000/3', { host: 'cache', port: 7000, db: 3, password: 'p@ss' }],
    ['redis://[::1]:7000', { host: '::1', port: 7000, db: 0 }],
    [
      'rediss://app:secret@cache',
      { host: 'cache', port: 6379, db: 0, username: 'app', password: 'secret', tls: {} },
    ],
    ['unix:///run/redis.sock', { path: '/run/redis.sock' }],
    [
      'redis+sentinel://:secret@s1,s2:26380/main/2?sentinel_password=other',
      {
        sentinels: [
          { host: 's1', port: 26379 },
          { host: 's2', port: 26380 },
        ],
        name: 'main',
        db: 2,
        password: 'secret',
        sentinelPassword: 'other',
      },
    ],
    [
      'rediss+sentinel://s1/main',
      {
        sentinels: [{ host: 's1', port: 26379 }],
        name: 'main',
        db: 0,
        tls: {},
        enableTLSForSentinelMode: true,
        sentinelTLS: {},
      },
    ],
  ])('%s', (url, options) => {
    expect(redisOptions(url)).toEqual(options)
  })

  test.each([
    'cache:6379',
    'http://hunter2@cache',
    'redis://',
    'redis://:hunter2@',
    'redis://:hunter2%@cache',
    'redis://:hunter2@cache/name',
    'redis+sentinel://:hunter2@s1',
    'redis+sentinel://:hunter2@,s2/main',
    'unix://hunter2',
    'unix:///run/redis.sock?password=hunter2',
  ])('%s is refused by the setting’s name, without repeating it', (url) => {
    expect(() => redisOptions(url)).toThrow(/^REDIS_URL: /)
    expect(() => redisOptions(url)).not.toThrow(/hunter2/)
  })
})
