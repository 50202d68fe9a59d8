// A process of its own that finishes many shards at once, so that real connections race. Told in argv: the shards and their tokens.
import { setTimeout as sleep } from "node:timers/promises"
import { eq } from "drizzle-orm"
import { Database } from "../src/db/database.ts"
import { Job } from "../src/job/job.ts"
import { jobTable } from "../src/job/job.sql.ts"
import { Queue } from "../src/job/queue.ts"
import { shardTable } from "../src/job/shard.sql.ts"

const [at, job_id, ...claimed] = process.argv.slice(2)
let reduces = 0
Queue.deliverWith(async () => void reduces++)
const [job] = await Database.use()
  .select()
  .from(jobTable)
  .where(eq(jobTable.id, Number(job_id)))
const shards = await Database.use()
  .select()
  .from(shardTable)
  .where(eq(shardTable.job_id, Number(job_id)))
await sleep(Number(at) - Date.now())
const done = await Promise.all(
  claimed.map(async (each) => {
    const [id, token] = each.split("=")
    const shard = shards.find((row) => row.id === Number(id))!
    return Job.deliver({ job: job!, shard, token: token! }, { square: 1 }, shard.usage)
  }),
)
await Database.close()
process.stdout.write(JSON.stringify({ done: done.filter(Boolean).length, reduces }))
