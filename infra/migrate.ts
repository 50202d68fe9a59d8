import { bundles } from "./builds.ts"
import { functionOf } from "./function.ts"
import { databaseUrl } from "./secrets.ts"
import { settings } from "./settings.ts"

export const migrate = functionOf("migrate", { environment: settings() })

const migrated = new aws.lambda.Invocation("Migrated", {
  functionName: migrate.name,
  input: "{}",
  // Again whenever the code is another, migrations included: their folder is named by what it was made of.
  triggers: { bundles },
})

/**
 * The database's address, known only once it has the newest schema: whoever is given it deploys after the migration, and
 * not at all when that fails. Code of the release before runs meanwhile, so a migration only adds (docs/operations.md).
 */
export const migratedUrl = $resolve([databaseUrl.value, migrated.result]).apply(([url]) => url)
