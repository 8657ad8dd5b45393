// What a role that is made for one grant says: who may assume it until when, and that it denies everything after that.
import type { Binding } from '../../domain/lanes/types.ts'
import { floorToSecond, toIso } from '../../domain/time.ts'
import { windowOf } from './documents.ts'
import type { IamUser } from './calls/user-calls.ts'

export const rolePath = '/hallpass/'

/** The name of the role's own inline policy. */
export const endPolicy = 'hallpass-end'

/** What AWS takes for a session that asks for nothing else, and the least that a role can allow. */
export const sessionSecondsMax = 3600

/**
 * IAM keeps the unique id of whom an ARN named when it was written. NB: which need not be the one we looked at, where
 * the user was replaced meanwhile: so the id itself is a condition too.
 */
export const trustOf = (binding: Binding, user: IamUser): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: user.arn },
        Action: 'sts:AssumeRole',
        Condition: {
          ...windowOf(binding),
          StringEquals: {
            'sts:RoleSessionName': binding.sessionName,
            'aws:userid': user.userId,
          },
        },
      },
    ],
  })

const denial = (condition: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', ...condition }],
  })

/** Evaluated at each request: sessions that run stop at the end. */
export const endOf = ({ endsAt }: Binding): string =>
  denial({
    Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': toIso(floorToSecond(endsAt)) } },
  })

export const endNow: string = denial({})
