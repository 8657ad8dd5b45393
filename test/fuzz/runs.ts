/**
 * How much is tried: many times more in `npm run test:long`, where the seed is told whatever comes of it. `FUZZ_SEED`
 * tries the same again.
 */
export function runs(numRuns: number): { readonly numRuns: number; readonly seed: number } {
  const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const isLong = process.env['MODE'] === 'long'
  if (isLong) process.stdout.write(`seed ${seed}\n`)
  return { numRuns: isLong ? numRuns * 20 : numRuns, seed }
}
