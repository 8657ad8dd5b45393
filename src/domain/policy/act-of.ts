import type { Offer } from '../grants/types.ts'

/** What a cause carries out once, ever: this role to this recipient. */
export const actOf = (cause: string, role: string, recipientId: number): string =>
  JSON.stringify(['give', cause, role, recipientId])

export const actOfOffer = ({ cause, role, recipient }: Offer): string =>
  actOf(cause, role, recipient.id)
