import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: [
      "packages/*/src/**/*.test.{ts,tsx}",
      "packages/*/test/**/*.test.ts",
      "scripts/**/*.test.ts",
      "bench/*.test.ts",
      "infra/**/*.test.ts",
    ],
    globalSetup: ["packages/local/test/global-setup.ts"],
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
