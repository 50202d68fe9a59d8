import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { isAlive, waitForExit } from "../process.ts"
import { REGION, type Sqs, startSqs } from "../sqs.ts"
import { type FunctionOptions, LocalFunction } from "./function.ts"
import { pollQueue } from "./queue-poller.ts"

const home = mkdtempSync(join(tmpdir(), "robokit-lambda-"))
const running: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop()
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

let count = 0
function makeFunction(source: string, options: Partial<FunctionOptions> = {}) {
  const file = join(home, `${count++}.mjs`)
  writeFileSync(file, source)
  const fn = new LocalFunction({ name: "fn", file, timeout_s: 10, memory_mb: 128, concurrency: 1, env: {}, ...options })
  running.push(fn)
  return fn
}

describe("a function", () => {
  test("keeps its module between invocations and runs one event at a time", async () => {
    const fn = makeFunction(`
      let n = 0, active = 0, most = 0
      export const handler = async (event, context) => {
        most = Math.max(most, ++active)
        await new Promise((resolve) => setTimeout(resolve, 20))
        active--
        return { n: ++n, most, event, left: context.getRemainingTimeInMillis() > 9000, memory: context.memoryLimitInMB }
      }`)
    const answers = await Promise.all(["a", "b", "c"].map((each) => fn.invoke(each)))
    expect(answers[2]).toEqual({ n: 3, most: 1, event: "c", left: true, memory: "128" })
    expect(fn.coldStarts).toBe(1)
  })

  test("has as many environments as are allowed, and reuses them", async () => {
    const fn = makeFunction(
      `export const handler = () => new Promise((resolve) => setTimeout(() => resolve(process.pid), 150))`,
      { concurrency: 2 },
    )
    const pids = new Set(await Promise.all(Array.from({ length: 6 }, () => fn.invoke({}))))
    expect(pids.size).toBe(2)
    expect(fn.coldStarts).toBe(2)
  })

  test("sees only the environment it was given", async () => {
    process.env.SECRET_OF_THE_PARENT = "x"
    const fn = makeFunction(
      `export const handler = () => [process.env.MINE, process.env.SECRET_OF_THE_PARENT ?? null, process.env.TZ]`,
      { env: { MINE: "1" } },
    )
    expect(await fn.invoke({})).toEqual(["1", null, ":UTC"])
  })

  test("that throws says what it threw and goes on in the same environment", async () => {
    const fn = makeFunction(
      `export const handler = async (event) => { if (event) throw new TypeError("bad"); return "ok" }`,
    )
    await expect(fn.invoke(true)).rejects.toMatchObject({ name: "TypeError", message: "bad" })
    expect(await fn.invoke(false)).toBe("ok")
    expect(fn.coldStarts).toBe(1)
  })

  test("that cannot be initialised fails each invocation", async () => {
    const fn = makeFunction(`throw new Error("no configuration")`)
    await expect(fn.invoke({})).rejects.toMatchObject({ name: "Runtime.InitError" })
    await expect(fn.invoke({})).rejects.toMatchObject({ name: "Runtime.InitError" })
    const other = makeFunction(`export const other = 1`)
    await expect(other.invoke({})).rejects.toMatchObject({ name: "Runtime.InitError" })
  })

  test("is killed at its timeout even when it never yields, and starts anew", async () => {
    const fn = makeFunction(`export const handler = (event) => { if (event) for (;;); return process.pid }`, {
      timeout_s: 1,
    })
    const pid = (await fn.invoke(false)) as number
    await expect(fn.invoke(true)).rejects.toMatchObject({ name: "Sandbox.Timedout" })
    expect(await waitForExit(pid, 2000)).toBe(true)
    expect(await fn.invoke(false)).not.toBe(pid)
  })

  test("that exits or runs out of memory ends its environment only", async () => {
    const fn = makeFunction(`export const handler = (event) => {
      if (event === "exit") process.exit(3)
      if (event === "memory") { const all = []; for (;;) all.push(new Array(1e6).fill(Math.random())) }
      return "ok"
    }`)
    await expect(fn.invoke("exit")).rejects.toMatchObject({ name: "Runtime.ExitError", message: "fn ended: 3" })
    await expect(fn.invoke("memory")).rejects.toMatchObject({ name: "Runtime.ExitError" })
    expect(await fn.invoke("")).toBe("ok")
  })

  test("dies with a parent that was killed", async () => {
    const parent = join(home, "parent.ts")
    const file = join(home, "child.mjs")
    writeFileSync(file, `export const handler = () => process.pid`)
    const source = fileURLToPath(new URL("function.ts", import.meta.url))
    writeFileSync(
      parent,
      `import { LocalFunction } from ${JSON.stringify(source)}
       const fn = new LocalFunction({ name: "fn", file: ${JSON.stringify(file)}, timeout_s: 9, memory_mb: 64, concurrency: 1, env: {} })
       console.log(await fn.invoke({}))`,
    )
    const child = spawn(process.execPath, [parent], { stdio: ["ignore", "pipe", "inherit"] })
    const pid = Number(await new Promise((resolve) => child.stdout.once("data", resolve)))
    expect(isAlive(pid)).toBe(true)
    child.kill("SIGKILL")
    expect(await waitForExit(pid, 5000)).toBe(true)
  })
})

describe("a queue's poller", () => {
  let sqs: Sqs
  let client: SQSClient
  beforeAll(async () => {
    const redrive = { to: "dead", max_receive_count: 2 }
    const queues = [
      { name: "dead", visibility_s: 30 },
      ...["a", "b", "c"].map((name) => ({ name, visibility_s: 1, redrive })),
    ]
    sqs = await startSqs({ data_dir: join(home, "sqs"), queues })
    const credentials = { accessKeyId: "local", secretAccessKey: "local" }
    client = new SQSClient({ endpoint: sqs.url, region: REGION, credentials })
  })
  afterAll(() => sqs.stop())

  const poll = (name: string, fn: LocalFunction, batch_size = 10) => {
    const { url, arn } = sqs.queue(name)
    const poller = pollQueue({ client, queue_url: url, queue_arn: arn, function: fn, batch_size, concurrency: 1 })
    running.push(poller)
  }
  const send = (name: string, body: string) =>
    client.send(
      new SendMessageCommand({
        QueueUrl: sqs.queue(name).url,
        MessageBody: body,
        MessageAttributes: { traceparent: { DataType: "String", StringValue: "00-abc" } },
      }),
    )
  /** Bodies that ended in the DLQ, until there are as many as expected. */
  async function dead(n: number): Promise<string[]> {
    const bodies: string[] = []
    for (const end = Date.now() + 15_000; bodies.length < n && Date.now() < end;) {
      const command = new ReceiveMessageCommand({
        QueueUrl: sqs.queue("dead").url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
      })
      bodies.push(...((await client.send(command)).Messages ?? []).map((each) => each.Body!))
    }
    return bodies.sort()
  }
  const log = join(home, "log")
  const LOGGING = `import { appendFileSync } from "node:fs"; const log = (line) => appendFileSync(${JSON.stringify(log)}, line + "\\n");`
  const logged = async () => (await import("node:fs")).readFileSync(log, "utf8").trim().split("\n")

  test("deletes what succeeded, brings back what failed, and leaves poison to the DLQ after its receives", async () => {
    const fn = makeFunction(`${LOGGING}
      export const handler = async ({ Records }) => {
        for (const each of Records) log([each.body, each.attributes.ApproximateReceiveCount, each.messageAttributes.traceparent.stringValue, each.eventSource].join(" "))
        const failed = Records.filter((each) => each.body === "poison" || (each.body === "flaky" && each.attributes.ApproximateReceiveCount === "1"))
        return { batchItemFailures: failed.map((each) => ({ itemIdentifier: each.messageId })) }
      }`)
    for (const body of ["fine", "flaky", "poison"]) await send("a", body)
    poll("a", fn)
    expect(await dead(1)).toEqual(["poison"])
    const deliveries = (await logged()).sort()
    expect(deliveries).toEqual(
      ["fine 1", "flaky 1", "flaky 2", "poison 1", "poison 2"].map((each) => `${each} 00-abc aws:sqs`),
    )
  })

  test("fails the whole batch on an answer that names an unknown message", async () => {
    const fn = makeFunction(
      `export const handler = async () => ({ batchItemFailures: [{ itemIdentifier: "nobody" }] })`,
    )
    await send("b", "one")
    await send("b", "two")
    poll("b", fn)
    expect(await dead(2)).toEqual(["one", "two"])
  })

  test("takes a timeout, a crash and lack of memory as failures of the message, and goes on with the others", async () => {
    const fn = makeFunction(
      `export const handler = async ({ Records: [{ body }] }) => {
        if (body === "hang") for (;;);
        if (body === "exit") process.exit(1)
        if (body === "memory") { const all = []; for (;;) all.push(new Array(1e6).fill(Math.random())) }
      }`,
      { timeout_s: 1 },
    )
    for (const body of ["hang", "exit", "memory", "fine"]) await send("c", body)
    poll("c", fn, 1)
    expect(await dead(3)).toEqual(["exit", "hang", "memory"])
  })
})

test("queues keep their messages, receive counts and settings over a restart", async () => {
  const data_dir = join(home, "sqs-restart")
  const start = (visibility_s: number) => startSqs({ data_dir, queues: [{ name: "kept", visibility_s }] })
  const receive = (sqs: Sqs) => {
    const client = new SQSClient({
      endpoint: sqs.url,
      region: REGION,
      credentials: { accessKeyId: "l", secretAccessKey: "l" },
    })
    const QueueUrl = sqs.queue("kept").url
    return {
      send: () => client.send(new SendMessageCommand({ QueueUrl, MessageBody: "body" })),
      take: async () =>
        (
          await client.send(
            new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ["All"], WaitTimeSeconds: 3 }),
          )
        ).Messages ?? [],
    }
  }
  const first = await start(1)
  await receive(first).send()
  expect(await receive(first).take()).toHaveLength(1)
  await first.stop()
  const second = await start(60)
  const [message] = await receive(second).take()
  expect(message).toMatchObject({ Body: "body", Attributes: { ApproximateReceiveCount: "2" } })
  expect(await receive(second).take()).toHaveLength(0)
  await second.stop()
})
