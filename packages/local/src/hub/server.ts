import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { listen as listenFrom } from "../port.ts"
import type { Tokens } from "./access.ts"
import type { HubState } from "./call.ts"
import { Faults } from "./faults.ts"
import { folderRepos } from "./folder-repo.ts"
import { handler } from "./handler.ts"
import { Limits, type QuotaOptions } from "./limits.ts"
import { Oids } from "./oids.ts"
import type { SampleRepo } from "./repo.ts"
import type { Kind } from "./route.ts"
import { Signer } from "./signer.ts"
import { Store } from "./store.ts"

export interface SampleHubOptions {
  repos: readonly SampleRepo[]
  /** Every sub-folder is served as `local/<name>`. */
  hub_dir?: string | undefined
  /** The next one when taken; 0 or left out: any free port. */
  port?: number | undefined
  cdn_port?: number | undefined
  tokens?: Tokens | undefined
  /** Left out: what the Hub grants the anonymous and the free account. */
  quota?: QuotaOptions | undefined
  /** Life of a signed file address. */
  url_ttl_s?: number | undefined
  pages?: Partial<HubState["pages"]> | undefined
}

export interface SampleHub {
  url: string
  /** Origin of the file host that LFS files redirect to. */
  cdn_url: string
  repos: readonly SampleRepo[]
  faults: Faults
  setBranch(repo: string, branch: string, commit: string): void
  /** Requests and body bytes so far, by kind. */
  requests: Record<Kind, number>
  bytes: Record<Kind, number>
  /** `Authorization` headers that reached the file host, where none belongs. */
  leaked_tokens: string[]
  close(): Promise<void>
}

const noneYet = (): Record<Kind, number> => ({
  search: 0,
  info: 0,
  tree: 0,
  paths_info: 0,
  refs: 0,
  auth_check: 0,
  commits: 0,
  whoami: 0,
  resolve: 0,
  resolve_cache: 0,
  cdn: 0,
  other: 0,
})

/** Starts a Hub on two loopback ports: the API with small files, and the file host. */
export async function startSampleHub(options: SampleHubOptions): Promise<SampleHub> {
  const local = options.hub_dir === undefined ? [] : await folderRepos(options.hub_dir)
  const store = new Store([...options.repos, ...local])
  const faults = new Faults()
  const requests = noneYet()
  const bytes = noneYet()
  const leaked_tokens: string[] = []
  const hub: HubState = {
    store,
    oids: new Oids(store),
    signer: new Signer(options.url_ttl_s ?? 3600),
    cdn_url: "",
    pages: { search: 1000, tree: 1000, tree_expanded: 100, commits: 50, ...options.pages },
    bytes,
  }
  const shared = {
    hub,
    faults,
    requests,
    leaked_tokens,
    tokens: options.tokens ?? {},
    limits: new Limits(options.quota),
  }
  const api = await listen(handler({ ...shared, origin: "api" }), options.port ?? 0)
  const cdn = await listen(handler({ ...shared, origin: "cdn" }), options.cdn_port ?? 0).catch(
    async (cause: unknown) => {
      await stop(api)
      throw cause
    },
  )
  hub.cdn_url = address(cdn)
  return {
    url: address(api),
    cdn_url: hub.cdn_url,
    repos: store.repos,
    faults,
    setBranch: (repo, branch, commit) => store.setBranch(repo, branch, commit),
    requests,
    bytes,
    leaked_tokens,
    close: async () => void (await Promise.all([stop(api), stop(cdn)])),
  }
}

const address = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

async function listen(
  handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>,
  port: number,
): Promise<Server> {
  // Longer than clients keep a connection, so that none is closed under a request.
  const server = createServer({ keepAliveTimeout: 65_000 }, (req, res) => void handle(req, res))
  await listenFrom(server, port)
  return server
}

function stop(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeAllConnections()
  return promise
}
