import { and, eq, isNull, sql } from "drizzle-orm"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { idempotencyKeyTable } from "./idempotency.sql.ts"

export * as Idempotency from "./idempotency.ts"

/** Longer than any request lives: after it the first request is believed dead. */
const RUNNING_SECONDS = 60

export interface Request {
  /** As the client sent it, without quotes: 1–255 printable ASCII characters. */
  key: string
  /** Method and path: the same key elsewhere is another key. */
  endpoint: string
  /** Digest of the body. */
  fingerprint: string
}

/**
 * Carries a request out once and answers its repetitions with the first answer, for a day. What throws is not stored,
 * so that trying again may work; return an error that has to be replayed. IETF draft `idempotency-key-header`.
 *
 * @throws AppError `idempotency_key_reused` for another body, `idempotency_in_progress` while the first is at work.
 */
export async function once<T>(request: Request, work: () => Promise<T>): Promise<{ answer: T; replayed: boolean }> {
  const id = await take(request)
  if (id === undefined) return replay(request)
  try {
    const answer = await work()
    await use()
      .update(idempotencyKeyTable)
      .set({ answer: { value: answer } })
      .where(eq(idempotencyKeyTable.id, id))
    return { answer, replayed: false }
  } catch (error) {
    await use()
      .delete(idempotencyKeyTable)
      .where(and(eq(idempotencyKeyTable.id, id), isNull(idempotencyKeyTable.answer)))
    throw error
  }
}

/** Makes the key ours: it is new, a day old, or its holder is dead. Of any number at once one gets it. */
async function take({ key, endpoint, fingerprint }: Request): Promise<number | undefined> {
  const { tenant_id, created_at, answer, running_until } = idempotencyKeyTable
  const until = sql`now() + ${RUNNING_SECONDS} * interval '1 second'`
  const isOld = sql`${created_at} < now() - interval '24 hours'`
  const isDead = sql`${answer} is null and ${running_until} < now() and ${idempotencyKeyTable.fingerprint} = ${fingerprint}`
  const [row] = await use()
    .insert(idempotencyKeyTable)
    .values({ key, endpoint, fingerprint, running_until: until })
    .onConflictDoUpdate({
      target: [tenant_id, idempotencyKeyTable.endpoint, idempotencyKeyTable.key],
      set: { fingerprint, answer: null, running_until: until, created_at: sql`now()` },
      setWhere: sql`(${isOld}) or (${isDead})`,
    })
    .returning({ id: idempotencyKeyTable.id })
  return row?.id
}

async function replay<T>({ key, endpoint, fingerprint }: Request): Promise<{ answer: T; replayed: boolean }> {
  const [row] = await use()
    .select()
    .from(idempotencyKeyTable)
    .where(and(eq(idempotencyKeyTable.endpoint, endpoint), eq(idempotencyKeyTable.key, key)))
  if (row && row.fingerprint !== fingerprint) {
    throw new AppError("idempotency_key_reused", "This Idempotency-Key was used for a request with another body.", {
      user_action: "Use a new key for a new request.",
    })
  }
  // Without a row the first one has just failed, so the client may try again as well.
  if (!row || row.answer === null) {
    throw new AppError("idempotency_in_progress", "The first request with this Idempotency-Key is still at work.", {
      retry_after_ms: 1000,
    })
  }
  return { answer: (row.answer as { value: T }).value, replayed: true }
}
