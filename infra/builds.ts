import { execFileSync } from "node:child_process"
import { relative } from "node:path"

/**
 * Bundles of the functions and files of the portal, made by the very code that `npm start` uses and so the very same
 * files. In a process of its own, because SST bundles this program, and a builder finds its sources from where it lies.
 */
const builds = JSON.parse(
  execFileSync(process.execPath, ["scripts/builds.mjs"], {
    cwd: $cli.paths.root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  }),
) as { functions: string; portal: string }

/** Folder of `<name>.mjs`, the migrations beside them, from the root. Its name is a hash of what it was made of. */
export const bundles = relative($cli.paths.root, builds.functions)
export const portal = relative($cli.paths.root, builds.portal)
