import { afterAll, expect, test, vi } from "vitest"
import { stubRequired } from "../packages/core/test/settings.ts"
import { resetConfig } from "../packages/core/src/config.ts"
import { DEPTHS } from "../packages/core/src/check/schema.ts"
import { countedOver } from "./http/count.ts"
import type { Least } from "./http/minimum.ts"
import { REQUEST } from "./http/ranges.ts"
import { built } from "./validation-data.ts"

vi.stubEnv("HF_ENDPOINT", undefined)
vi.stubEnv("HF_REDIRECT_HOSTS", undefined)
stubRequired()
afterAll(() => {
  vi.unstubAllEnvs()
  resetConfig()
})

const costOf = ({ requests, bytes }: Least) => requests * REQUEST + bytes
const offered = DEPTHS.filter((depth) => depth !== "decode")

test.each(offered)(
  "validation at %s depth asks for at most 1.2 times the least, in requests and in bytes",
  async (depth) => {
    for (const name of ["small", "v2.1"] as const) {
      const { made, least, validation } = await countedOver(await built(name), depth)
      expect(validation.verdict).toBe("pass")
      // What the client says it read is what the server sent.
      expect(validation.read).toMatchObject(made)
      // Nobody can do with less, else the minimum is none.
      expect(costOf(made)).toBeGreaterThanOrEqual(costOf(least))
      expect(made.requests, name).toBeLessThanOrEqual(1.2 * least.requests)
      expect(made.bytes, name).toBeLessThanOrEqual(1.2 * least.bytes)
    }
  },
)
