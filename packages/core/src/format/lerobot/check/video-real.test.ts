import { readdirSync } from "node:fs"
import { expect, test } from "vitest"
import { contextOf } from "../../../../test/validating.ts"
import { hasSharedData, sharedData } from "../../../../test/shared-data.ts"
import { folderFiles } from "../../../files/folder.ts"
import { validate } from "./validate.ts"

/** What lerobot's own videos and pictures have to be told of, and why. */
const JUSTIFIED: Record<string, string[]> = {
  // Genuine lerobot#4104: the loader accepts it, whoever counts frames does not.
  "made-v30-rerecorded": ["warning VID-RANGE-LEN", "warning VID-RANGE-LEN"],
}

test.skipIf(!hasSharedData)(
  "videos and pictures that lerobot wrote have neither errors nor warnings but those with a reason",
  async () => {
    const root = sharedData("lerobot-made")
    const names = readdirSync(root, { withFileTypes: true }).filter((each) => each.isDirectory())
    for (const { name } of names) {
      const ctx = contextOf(await folderFiles(`${root}/${name}`))
      const { findings } = await validate(ctx, { depth: "full", fail_on: "error", suppress: [] })
      const told = findings.filter(({ code, severity }) => /^(?:VID|IMG)-/.test(code) && severity !== "info")
      expect(
        told.map(({ code, severity }) => `${severity} ${code}`),
        name,
      ).toEqual(JUSTIFIED[name] ?? [])
    }
  },
)
