import { execFileSync, spawnSync } from "node:child_process"
import { expect, test } from "vitest"

test("one JSON line an event, with the ids of the work at hand and without what is secret", () => {
  const source = `
    import { log, withIds } from ${JSON.stringify(new URL("./log.ts", import.meta.url).href)}
    withIds({ request_id: "r1" }, () => withIds({ job_id: 7 }, async () => {
      await null
      log().info({ hub: { token: "hf_secret", authorization: "Bearer hf_secret" } }, "reads")
      log().error({ err: new Error("outer", { cause: new Error("inner") }) }, "broke")
    }))
    log().debug("not at this level")
  `
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", source], {
    encoding: "utf8",
    env: { ...process.env, LOG_LEVEL: "info" },
  })
  const lines = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toMatchObject([
    { level: "info", request_id: "r1", job_id: 7, msg: "reads" },
    { level: "error", request_id: "r1", job_id: 7, err: { message: "outer", cause: { message: "inner" } } },
  ])
  expect(output).not.toContain("hf_secret")
})

test("what was logged is written, even when the thread or the process is ended in the same moment", () => {
  const log = JSON.stringify(new URL("./log.ts", import.meta.url).href)
  const source = `
    import { Worker } from "node:worker_threads"
    import { log } from ${log}
    const thread = new Worker(\`
      const { parentPort } = require("node:worker_threads")
      parentPort.on("message", () => {})
      import(${log.replaceAll('"', "'")}).then(({ log }) => {
        for (const n of [1, 2, 3]) log().info("thread " + n)
        parentPort.postMessage("done")
      })\`, { eval: true, execArgv: [] })
    await new Promise((resolve) => thread.once("message", resolve))
    await thread.terminate()
    for (const n of [1, 2, 3]) log().info("process " + n)
    process.kill(process.pid, "SIGKILL")
  `
  const { stdout, signal } = spawnSync(process.execPath, ["--input-type=module", "--eval", source], {
    encoding: "utf8",
    env: { ...process.env, LOG_LEVEL: "info" },
  })
  expect(signal).toBe("SIGKILL")
  const told = stdout
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { msg: string }).msg)
  expect(told).toEqual(["thread 1", "thread 2", "thread 3", "process 1", "process 2", "process 3"])
})
