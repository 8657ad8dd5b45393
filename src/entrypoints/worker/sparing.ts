/** The same job, left alone for a while after it failed: what is still due then is found due again by the next sweep. */
export function sparing(
  job: (id: string) => Promise<void>,
  pauseMs: number,
): (id: string) => Promise<void> {
  const resting = new Set<string>()
  return async (id) => {
    if (resting.has(id)) return
    try {
      await job(id)
    } catch (error) {
      resting.add(id)
      setTimeout(() => resting.delete(id), pauseMs).unref()
      throw error
    }
  }
}
