const hostsOfAws = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/

/**
 * Whether it is AWS itself, reached in another way than the SDK would: by a VPC, by FIPS, in another partition. NB: what
 * such an endpoint changes is as real as can be.
 */
const isOfAws = (endpoint: string): boolean =>
  URL.canParse(endpoint) && hostsOfAws.test(new URL(endpoint).hostname)

/** Of what is set in place of AWS's own address: undefined where nothing is, or AWS itself in another way. */
export const doubleIn = (endpoint: string | undefined): string | undefined =>
  endpoint === undefined || isOfAws(endpoint) ? undefined : endpoint
