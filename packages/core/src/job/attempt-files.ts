import { Outbox } from "./outbox.ts"

interface Attempt {
  dataset_id: number
  id: number
  attempt: number
}

const folder = ({ dataset_id, id }: Attempt, attempt: number) => `results/${dataset_id}/${id}/${attempt}-`

/** Where an attempt puts its files. The token makes it nobody else's. */
export const folderOf = (job: Attempt, token: string) => `${folder(job, job.attempt)}${token}/`

/**
 * Clears away what attempts before this one may have put there and not lived to publish, some time after the commit. One
 * that is still alive finds that the job is not its own any more, and clears up after itself.
 */
export async function dropEarlier(job: Attempt) {
  const folders = Array.from({ length: job.attempt - 1 }, (_, earlier) => folder(job, earlier + 1))
  // Never published, so nobody can show them.
  if (folders.length > 0) await Outbox.deleteObjects(folders)
}
