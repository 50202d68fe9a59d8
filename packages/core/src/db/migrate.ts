import { fileURLToPath } from "node:url"
import { drizzle } from "drizzle-orm/postgres-js"
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator"
import postgres from "postgres"
import { log } from "../log.ts"
import { codeOf } from "./failure.ts"

const FOLDER = fileURLToPath(new URL("../../migrations", import.meta.url))

/** Any constant of ours: two migrators of one database take turns. */
const LOCK = 727_274

const APP_ROLE = "robokit_app"
const APP_LIMITS = {
  statement_timeout: "5s",
  lock_timeout: "2s",
  idle_in_transaction_session_timeout: "10s",
}

/**
 * Brings the database to the newest schema. Safe to call by many at once. Also keeps the role that may use the data but
 * not change the schema, where the server lets us (RDS and the embedded server do).
 */
export async function migrate(url: string, folder = FOLDER): Promise<{ app_role: boolean }> {
  // One connection, so that the lock and the migration are in one session.
  const client = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} })
  try {
    await client`select pg_advisory_lock(${LOCK})`
    await client`set lock_timeout = '5s'`
    await applyMigrations(drizzle(client), { migrationsFolder: folder })
    return { app_role: await keepAppRole(client) }
  } finally {
    // Ending the session also frees the lock.
    await client.end({ timeout: 5 })
  }
}

async function keepAppRole(client: postgres.Sql) {
  try {
    await client.begin(async (sql) => {
      // Roles belong to the whole server, so databases migrated at the same moment would meet here.
      await sql`select pg_advisory_xact_lock(hashtext(${APP_ROLE}))`
      const [role] = await sql`select coalesce(array_to_string(rolconfig, ','), '') as limits
        from pg_roles where rolname = ${APP_ROLE}`
      // Without a password nobody can log in as it where passwords are asked for; the deployment sets one.
      if (!role) await sql.unsafe(`create role ${APP_ROLE} login`)
      for (const [name, value] of Object.entries(APP_LIMITS)) {
        if (!String(role?.limits).includes(`${name}=${value}`)) {
          await sql.unsafe(`alter role ${APP_ROLE} set ${name} = '${value}'`)
        }
      }
      await sql.unsafe(`grant usage on schema public, drizzle to ${APP_ROLE}`)
      await sql.unsafe(`grant select on all tables in schema drizzle to ${APP_ROLE}`)
      await sql.unsafe(`grant select, insert, update, delete on all tables in schema public to ${APP_ROLE}`)
      await sql.unsafe(`grant usage, select on all sequences in schema public to ${APP_ROLE}`)
    })
    return true
  } catch (error) {
    // 42501: not ours to create. 42710, 23505, XX000: another database's migrator did the same just now.
    if (!["42501", "42710", "23505", "XX000"].includes(codeOf(error) ?? "")) throw error
    log().info({ reason: codeOf(error) }, "the app role was left as it is")
    return false
  }
}
