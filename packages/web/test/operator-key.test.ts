import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, expect, test } from "vitest"
import { until } from "../../local/test/product.ts"
import { button, context, expectToFit, get, isFocused, page, product, SAMPLE, usePortal } from "./portal-page.ts"

const GATED = "clinic-robotics/so101_pill_sorting"
const OPERATOR_KEY = "op_CANARY-of-the-operator-0123456789"
/** Opens what is private and gated on the sample Hub. */
const HF_TOKEN = "hf_sampleOwner"

usePortal({ env: { OPERATOR_KEY, HF_TOKEN, LOG_LEVEL: "debug" }, keepsPage: true })

const answers: Promise<string>[] = []
beforeAll(() => {
  page.on("response", (response) => {
    const headers = response.allHeaders().then(JSON.stringify)
    answers.push(Promise.all([headers, response.text().catch(() => "")]).then((parts) => parts.join("\n")))
  })
})

const dialog = () => page.getByRole("dialog", { name: "The operator’s key is needed" })
const keyField = () => dialog().getByLabel("Operator’s key")

test("who only reads is asked for nothing; an import asks, says why, and can be given up", async () => {
  await page.goto("/import")
  await page.getByText("Page 1 of").waitFor()
  await page.goto(`/import?dataset=${SAMPLE}`)
  await page.getByRole("radio", { name: /main/ }).waitFor()
  expect(await dialog().isVisible()).toBe(false)

  await button("Import").click()
  await dialog().waitFor()
  expect(await isFocused(keyField())).toBe(true)
  expect(await keyField().getAttribute("type")).toBe("password")
  await page.keyboard.press("Escape")
  await page.getByRole("alert").getByText("Only who has the operator's key").waitFor()
  expect(await get("")).toEqual([])
})

test("the dialog fits a small phone and has no serious barrier, light and dark", async () => {
  await button("Enter key").click()
  await expectToFit(() => dialog().waitFor())
  await dialog().getByRole("button", { name: "Cancel" }).click()
  await dialog().waitFor({ state: "hidden" })
  expect(await isFocused(button("Enter key"))).toBe(true)
  await page.setViewportSize({ width: 1280, height: 720 })
})

test("with the keyboard alone: a wrong key is said to be wrong, the right one finishes what was begun", async () => {
  await page.goto(`/import?dataset=${SAMPLE}`)
  await page.getByRole("radio", { name: /main/ }).waitFor()
  await button("Import").focus()
  await page.keyboard.press("Enter")
  await dialog().waitFor()
  await page.keyboard.type("not-the-key-of-this-stage")
  await page.keyboard.press("Enter")
  await dialog().getByRole("alert").getByText("This is not the key.").waitFor()
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, "operator-key.png") })
  // The wrong one is selected, so that typing replaces it.
  await page.keyboard.type(OPERATOR_KEY)
  await page.keyboard.press("Enter")
  await page.getByText("Imported and read:").waitFor({ timeout: 20_000 })
  expect(await dialog().isVisible()).toBe(false)
})

test("it is not asked for again in this tab, and shows what is gated until it is forgotten", async () => {
  await page.goto(`/import?dataset=${GATED}`)
  await page.getByRole("radio", { name: /main/ }).waitFor()
  await button("Import").click()
  await page.getByText("Imported and read:").waitFor({ timeout: 20_000 })
  await page.goto("/")
  const gated = page.getByRole("link", { name: GATED })
  await gated.waitFor()
  await button("Forget key").click()
  await gated.waitFor({ state: "hidden" })
  await page.getByRole("link", { name: SAMPLE }).waitFor()
  await page.goto(`/${GATED}`)
  await page.getByRole("heading", { level: 1 }).waitFor()
  await button("Enter key").waitFor()
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain("CANARY")
})

test("a deletion asks on top of its own question, and a new tab knows no key", async () => {
  await page.goto("/")
  await button(new RegExp(`^Delete ${SAMPLE}`)).click()
  await button("Delete").click()
  await keyField().fill(OPERATOR_KEY)
  await dialog().getByRole("button", { name: "Use it" }).click()
  await page.getByRole("link", { name: SAMPLE }).waitFor({ state: "hidden" })

  const other = await context.newPage()
  await other.goto("/")
  await other.getByRole("button", { name: "Enter key" }).waitFor()
  await other.close()
})

test("neither the key nor the Hub token is in any answer, log line, or file of the product", async () => {
  const files = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  const secrets = [OPERATOR_KEY, HF_TOKEN]
  await until(
    async () => product.output(),
    (output) => output.includes('"method":"DELETE"'),
    5,
  )
  const output = product.output()
  expect(output).toContain('"method":"POST"')
  const said = (await Promise.all(answers)).join("\n")
  expect(said).toContain(GATED)
  for (const secret of secrets) {
    expect(output).not.toContain(secret)
    expect(said).not.toContain(secret)
  }
  const all = files(product.data_dir)
  expect(all.length).toBeGreaterThan(100)
  const found = all.flatMap((each) => {
    const bytes = readFileSync(join(each.parentPath, each.name))
    return secrets.some((secret) => bytes.includes(secret)) ? [join(each.parentPath, each.name)] : []
  })
  expect(found).toEqual([])
})
