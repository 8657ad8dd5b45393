const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** 8 characters of RFC 4648's base 32, lower case: 40 bits of the random hex given. */
export function instanceIdOf(randomHex: string): string {
  const bits = BigInt(`0x${randomHex.slice(0, 10)}`)
    .toString(2)
    .padStart(40, '0')
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]).join('')
}
