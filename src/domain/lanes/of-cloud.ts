import { CloudError } from '../errors.ts'
import { cloudTitles, type CloudName } from './clouds.ts'

/** For the adapter of one cloud: what is another cloud's never gets there. The result throws CloudError('invalid'). */
export function ofCloud<C extends CloudName>(cloud: C) {
  const isOurs = <T extends { readonly cloud: string }>(of: T): of is Extract<T, { cloud: C }> =>
    of.cloud === cloud
  return <T extends { readonly cloud: string }>(of: T): Extract<T, { cloud: C }> => {
    if (!isOurs(of))
      throw new CloudError('invalid', `${cloudTitles[cloud]}: this is for ${of.cloud}`)
    return of
  }
}
