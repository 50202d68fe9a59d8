/** The whole stage; each file makes what its name says. */
import "./net.ts"
import "./budget.ts"
import { api } from "./api.ts"
import { migrate } from "./migrate.ts"
import { router } from "./site.ts"
import { artifacts } from "./storage.ts"

export const outputs = {
  url: router.url,
  api: api.url,
  artifacts: artifacts.name,
  migrate: migrate.name,
}
