import { expect, test } from "vitest"
import {
  button,
  complaints,
  expectToFit,
  get,
  imported,
  isFocused,
  json,
  page,
  product,
  SAMPLE,
  settle,
  usePortal,
} from "./portal-page.ts"

const STATUS = /\/api\/v1\/datasets\/\d+\/status$/

usePortal()

test("from an empty dashboard to the sample dataset's page, by three clicks", async () => {
  await page.goto("/")
  await page.getByText("Nothing imported yet").waitFor()
  await page.getByRole("link", { name: `Try ${SAMPLE}` }).click()
  await page.getByText("217 takes, three cameras").waitFor()
  await page.getByRole("radio", { name: /main/ }).waitFor()
  await button("Import").click()
  await page.getByText("Imported and read:").waitFor({ timeout: 20_000 })
  await page.getByRole("link", { name: "Open the dataset’s page" }).click()

  await page.waitForURL(/\/observabot\/so101_die_mat4@[0-9a-f]{40}$/)
  const facts = page.getByLabel("Headline facts")
  expect(await facts.innerText()).toMatch(/Episodes\s+217\s+Frames\s+44,676/)
  expect(await page.locator(".camera h3").allInnerTexts()).toEqual([
    "observation.images.front",
    "observation.images.wrist",
    "observation.images.top",
  ])
  await expect.poll(() => page.locator(".camera-still:visible").count(), { timeout: 15_000 }).toBe(3)
  expect(complaints).toEqual([])
})

test("a pasted address with a revision leads to that revision, and words lead to the search", async () => {
  await page.goto("/")
  const box = page.getByRole("textbox", { name: /^Dataset:/ })
  await box.fill(`https://huggingface.co/datasets/${SAMPLE}/tree/v2.1/meta`)
  await box.press("Enter")
  await expect.poll(() => page.getByRole("radio", { name: /^v2\.1/ }).isChecked()).toBe(true)

  await page.goto("/")
  await box.fill("https://huggingface.co/lerobot/smolvla_base")
  await box.press("Enter")
  expect(await page.getByRole("alert").innerText()).toContain("not a dataset")

  await box.fill("stack cups")
  await box.press("Enter")
  await page.waitForURL(/\/import\?q=stack/)
})

test("a search waits until the typing stops, and its pages can be walked to the end and back", async () => {
  await page.goto("/import")
  await page.getByText("Page 1 of").waitFor()
  let asked = 0
  page.on("request", (request) => request.url().endsWith("/search") && asked++)
  await page.getByRole("searchbox", { name: /Search the Hub/ }).pressSequentially("so101", { delay: 30 })
  await page.waitForURL(/q=so101/)
  await page.waitForTimeout(500)
  expect(asked).toBe(1)

  await page.goto("/import")
  await button("Last").click()
  await expect.poll(() => button("Next").isDisabled()).toBe(true)
  expect(new URL(page.url()).searchParams.get("page")).toMatch(/^\d+$/)
  await page.goBack()
  await expect.poll(() => button("First").isDisabled()).toBe(true)
  expect(complaints).toEqual([])
})

test("a dataset that cannot be read is refused in words, with the way that is left", async () => {
  await page.goto("/import?dataset=sim-archive/stack_demos_hdf5")
  await button("Import").click()
  const alert = page.getByRole("alert")
  await alert.getByText("This is HDF5").waitFor()
  await alert.getByRole("button", { name: "Import it as other files" }).click()
  await page.getByText("Imported and read:").waitFor({ timeout: 20_000 })
})

test("a dataset without episodes offers none to look at", async () => {
  await imported("garage-bots/hexapod_gait_logs")
  await page.goto("/garage-bots/hexapod_gait_logs")
  await page.getByText("There are no rules for this format yet.").first().waitFor()
  expect(await page.getByRole("link", { name: "Look at the episodes" }).count()).toBe(0)
  expect(await page.getByLabel("Headline facts").count()).toBe(0)
  await imported(SAMPLE)
  await page.goto(`/${SAMPLE}`)
  await page.getByRole("link", { name: "Look at the episodes" }).waitFor()
})

test("the same commit twice leads to the import there already is", async () => {
  await imported(SAMPLE)
  await page.goto(`/import?dataset=${SAMPLE}`)
  await button("Import").click()
  await page.getByText("This commit is imported already.").waitFor()
  await page.getByRole("link", { name: "Open the dataset’s page" }).click()
  await page.getByRole("heading", { level: 1, name: "so101_die_mat4" }).waitFor()
})

test("the list says of each dataset what validation says of it", async () => {
  await imported(SAMPLE)
  await imported("garage-bots/hexapod_gait_logs")
  await page.goto("/")
  await page.getByRole("row", { name: SAMPLE }).getByText("Passes", { exact: true }).waitFor()
  await page.getByRole("row", { name: "hexapod_gait_logs" }).getByText("Not assessed", { exact: true }).waitFor()
})

test("an address nobody imported offers the import, and a name alone goes to its newest commit", async () => {
  await page.goto("/kitchen-lab/koch_pour_beans")
  await button("Import").click()
  await page.waitForURL(/koch_pour_beans@[0-9a-f]{40}$/)
  const canonical = page.url()
  await page.getByLabel("Headline facts").waitFor({ timeout: 20_000 })

  await page.goto("/kitchen-lab/koch_pour_beans")
  await page.waitForURL(canonical)
  await page.goto("/kitchen-lab/koch_pour_beans@main")
  await page.waitForURL(canonical)
})

test("a job's page shows its result, what it read and its files", async () => {
  await imported(SAMPLE)
  await page.goto(`/${SAMPLE}`)
  await page.getByRole("link", { name: "Extract metadata" }).click()
  await page.getByRole("heading", { name: "Result" }).waitFor()
  expect(await page.locator(".job-facts").innerText()).toMatch(/kB in \d+ requests/)
  const href = await page.getByRole("link", { name: "metadata.json" }).getAttribute("href")
  expect(await (await fetch(href!)).json()).toMatchObject({ episode_count: 217 })
})

test("a field the server refuses says so itself, and the form comes with no eval", async () => {
  await imported(SAMPLE)
  const schema = {
    metadata_extraction: {
      title: "Extract metadata",
      type: "object",
      properties: { limit: { type: "integer", title: "Limit", default: 5 }, deep: { type: "boolean", title: "Deep" } },
      "x-formats": { lerobot: true },
    },
    conversion: { title: "Convert", type: "object", properties: {}, "x-formats": { lerobot: "Not written yet." } },
  }
  await page.route("**/job-parameter-schemas", json(schema))
  await page.goto(`/${SAMPLE}`)
  expect(await button(/^Convert/).isDisabled()).toBe(true)
  await page.route("**/analyses/metadata_extraction", (route) => {
    expect(route.request().postDataJSON()).toEqual({ limit: 7, deep: true })
    return json({ detail: [{ loc: ["body", "limit"], msg: "must be less than 6", type: "x" }] }, 422)(route)
  })
  await button(/^Extract metadata/).click()
  await page.getByLabel("Limit").fill("7")
  await page.getByLabel("Deep").check()
  await button("Start").click()
  await page.locator(".error-detail", { hasText: "must be less than 6" }).waitFor()
  // The browser itself reports the 422 that was asked for.
  expect(complaints.filter((text) => !text.includes("422"))).toEqual([])
})

test("a running job is asked after every two seconds with its tag, not in a hidden tab, and not when done", async () => {
  const status = await get(`/${(await imported(SAMPLE)).id}/status`)
  const running = {
    ...status,
    status: "processing",
    jobs: [{ ...status.jobs[0], status: "running", poll_after_ms: 2000, progress: 40 }],
  }
  let isDone = false
  const asked: { at: number; tag: string | undefined }[] = []
  await page.route(STATUS, (route) => {
    const tag = route.request().headers()["if-none-match"]
    asked.push({ at: Date.now(), tag })
    if (tag && !isDone) return route.fulfill({ status: 304 })
    return route.fulfill({ json: isDone ? status : running, headers: { etag: 'W/"a"' } })
  })
  await page.goto(`/${SAMPLE}`)
  await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(3)
  expect(await page.locator("progress").first().getAttribute("value")).toBe("40")
  expect(asked.map(({ tag }) => tag)).toEqual([undefined, 'W/"a"', 'W/"a"'])
  expect(asked[2]!.at - asked[1]!.at).toBeGreaterThan(1900)

  const hide = (state: string) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "visibilityState", { value, configurable: true })
      document.dispatchEvent(new Event("visibilitychange"))
    }, state)
  await hide("hidden")
  const before = asked.length
  await page.waitForTimeout(5000)
  expect(asked.length).toBe(before)

  isDone = true
  await hide("visible")
  await expect.poll(() => asked.length, { timeout: 5000 }).toBe(before + 1)
  await page.waitForTimeout(3000)
  expect(asked.length).toBe(before + 1)
})

test("a dataset whose every string is an attack is shown as text", async () => {
  const attack = `<img src=x onerror=alert(1)><script>alert(2)</script>" onfocus=alert(3) x="{{7*7}}`
  const dataset = await imported(SAMPLE)
  const [listed] = await get(`/${dataset.id}/jobs`)
  const poisoned = JSON.parse(JSON.stringify(dataset), (key, value: unknown) =>
    typeof value !== "string" || /^(type|repo_id|revision|format_type|status|verdict|.*_at)$/.test(key)
      ? value
      : attack,
  )
  poisoned.dataset_metadata.notes = [attack]
  const job = {
    ...(await get(`/${dataset.id}/jobs/${listed.id}`)),
    message: attack,
    result: { [attack]: attack, nested: [attack] },
  }
  await page.route(/\/api\/v1\/datasets\/\?/, json([poisoned]))
  await page.route(/\/api\/v1\/datasets\/\d+$/, json(poisoned))
  await page.route(/\/api\/.*\/jobs\/\d+$/, json(job))
  await page.route(
    /\/artifacts$/,
    json([{ name: attack, media_type: attack, bytes: 1, sha256: attack, url: "javascript:alert(4)" }]),
  )
  const dialogs: string[] = []
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const foreign: string[] = []
  const known = [product.portal, product.hub]
  page.on("request", (request) => !known.includes(new URL(request.url()).origin) && foreign.push(request.url()))

  await page.goto("/")
  await page.locator(".datasets-name").first().waitFor({ timeout: 5000 })
  await page.goto(`/${SAMPLE}`)
  await page.getByText("What could not be confirmed").waitFor({ timeout: 5000 })
  expect(await page.locator(".camera h3").first().innerText()).toBe(attack)
  await page.goto(`/${SAMPLE}@${dataset.source.revision}/jobs/${listed.id}`)
  await page.getByRole("heading", { name: "Files" }).waitFor()
  expect(await page.locator('a[href^="javascript"], main img, main script').count()).toBe(0)
  expect({ dialogs, foreign, complaints }).toEqual({ dialogs: [], foreign: [], complaints: [] })
})

test.each([
  ["the dashboard", "/"],
  ["the search", "/import"],
  ["a search that finds nothing", "/import?q=nothing-has-this-name"],
  ["the wizard", `/import?dataset=${SAMPLE}`],
  ["a dataset", `/${SAMPLE}`],
  ["a job", `/${SAMPLE}/jobs/1`],
  ["an address not imported", "/legacy-zoo/pusht_v16"],
  ["no page at all", "/a/b/c/d"],
])("%s fits a small phone and has no serious barrier, light and dark", async (_name, path) => {
  await imported(SAMPLE)
  await expectToFit(() => settle(path))
  expect(complaints).toEqual([])
})

test("the chosen theme stays, over a reload and against the system's", async () => {
  await page.emulateMedia({ colorScheme: "light" })
  await page.goto("/")
  await button(/^Theme: system/).click()
  await button(/^Theme: light/).click()
  await page.reload()
  await button(/^Theme: dark/).waitFor()
  expect(await page.evaluate(() => getComputedStyle(document.body).colorScheme)).toBe("dark")
})

test("a server that cannot be reached is said to be so, and trying again helps", async () => {
  await imported(SAMPLE)
  await page.route("**/api/v1/datasets/stats", (route) => route.abort("connectionrefused"))
  await page.goto("/")
  await page.getByText("The server cannot be reached.").waitFor({ timeout: 15_000 })
  await page.unroute("**/api/v1/datasets/stats")
  await button("Try again").click()
  await page.getByRole("link", { name: SAMPLE }).waitFor()
})

test("with the keyboard alone a dataset is deleted, after a question that can be declined", async () => {
  await imported("tabletop-robotics/so101_stack_cups")
  await page.goto("/")
  const trash = button(/^Delete tabletop-robotics\/so101_stack_cups/)
  await trash.focus()
  await page.keyboard.press("Enter")
  await page.getByRole("dialog").waitFor()
  await page.keyboard.press("Escape")
  // Not only hidden: the page is told a moment after the browser has closed it.
  await page.locator("dialog.confirm").waitFor({ state: "detached" })
  expect(await isFocused(trash)).toBe(true)

  await page.keyboard.press("Enter")
  await page.getByRole("dialog").waitFor()
  await page.keyboard.press("Tab")
  await page.keyboard.press("Enter")
  await trash.waitFor({ state: "hidden" })
  await page.goto("/tabletop-robotics/so101_stack_cups")
  await page.getByRole("heading", { name: "Not imported" }).waitFor()
})
