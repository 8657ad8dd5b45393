import { expect, it } from 'vitest'
import { onEveryDatabase, start, starting, subject } from './ledger.world.ts'

onEveryDatabase('Names', (world) => {
  it('of people are found in any case, as recipients and as requesters, each id once', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a', recipientId: 5 }))
    await ledger.commit(starting({ id: 'b', recipientId: 5 }))
    expect(await ledger.peopleNamed('USER-5')).toEqual([{ id: 5, login: 'user-5' }])
    expect(await ledger.peopleNamed('monalisa')).toEqual([{ id: 3, login: 'monalisa' }])
    expect(await ledger.peopleNamed('user')).toEqual([])
  })

  it('that changed hands are all told', async () => {
    const { ledger } = world()
    const { grants, ...rest } = starting({ id: 'a', recipientId: 5 })
    const [{ grant, ...change }] = grants
    const { offer } = grant.revision
    const recipient = { id: 5, login: 'monalisa' }
    const renamed = { ...grant, revision: { ...grant.revision, offer: { ...offer, recipient } } }
    await ledger.commit({ ...rest, grants: [{ ...change, grant: renamed }] })
    expect((await ledger.peopleNamed('monalisa')).map(({ id }) => id)).toEqual([3, 5])
  })

  it('of repositories are found in any case', async () => {
    const { ledger } = world()
    const renamed = { ...subject(13), repositoryId: 78 }
    await ledger.commit({ now: start, dirtySubjects: [subject(), subject(14), renamed] })
    expect(await ledger.repositoriesNamed('Acme/Shop')).toEqual([
      { id: 77, name: 'acme/shop' },
      { id: 78, name: 'acme/shop' },
    ])
    expect(await ledger.repositoriesNamed('acme/sho')).toEqual([])
  })

  it('of roles are known once somebody asked for them', async () => {
    const { ledger } = world()
    expect(await ledger.isRoleRecorded('orders-db-read')).toBe(false)
    await ledger.commit(starting({ id: 'a' }))
    expect(await ledger.isRoleRecorded('orders-db-read')).toBe(true)
  })
})
