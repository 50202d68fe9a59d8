import { defineConfig } from "vitest/config"
import { DEAD_SOCKET_FILE, mendDeadSocket } from "./packages/functions/dead-socket.ts"

export default defineConfig({
  // The driver as the bundles have it.
  plugins: [
    {
      name: "dead socket",
      transform: (source, id) => (DEAD_SOCKET_FILE.test(id) ? mendDeadSocket(source, id) : undefined),
    },
  ],
  test: {
    include: [
      "packages/*/src/**/*.test.{ts,tsx}",
      "packages/*/test/**/*.test.ts",
      "packages/local/chaos/*.test.ts",
      "scripts/**/*.test.ts",
      "bench/*.test.ts",
      "infra/**/*.test.ts",
    ],
    globalSetup: ["packages/local/test/global-setup.ts", "packages/web/test/unpack-browser.ts"],
    pool: "forks",
    // Much of the time is waiting: for leases to run out, for a browser. By itself vitest leaves a core of two unused.
    maxWorkers: 2,
    server: { deps: { inline: [/[\\/]postgres[\\/]src[\\/]/] } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The machine may be busy with other tests.
    expect: { poll: { timeout: 15_000 } },
  },
})
