/** What `work` comes to, or the reason of `signal` as soon as it is aborted. The work itself goes on: others wait for it. */
export async function orAbandon<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  onLeave?: () => void,
): Promise<T> {
  if (!signal) return work
  const left = Promise.withResolvers<never>()
  const leave = () => {
    onLeave?.()
    left.reject(signal.reason)
  }
  if (signal.aborted) leave()
  else signal.addEventListener("abort", leave, { once: true })
  try {
    return await Promise.race([work, left.promise])
  } finally {
    signal.removeEventListener("abort", leave)
  }
}
