/** Its message is made of our own words alone, and safe to log. */
export class OnCallDown extends Error {
  override name = 'OnCallDown'
}
