import { registerHooks } from "node:module"
import { DEAD_SOCKET_FILE, mendDeadSocket } from "@robokit/functions/dead-socket"

/** The database driver as the bundles have it, for sources that run as they are. Before it is first imported. */
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    return DEAD_SOCKET_FILE.test(url) ? { ...loaded, source: mendDeadSocket(String(loaded.source), url) } : loaded
  },
})
