import { sql } from "drizzle-orm"
import { customType, integer, timestamp } from "drizzle-orm/pg-core"

export const id = () => integer().primaryKey().generatedAlwaysAsIdentity()

/** Until keys exist there is one tenant; every row names it from the start. */
export const tenant = () => integer().notNull().default(1)

export const instant = () => timestamp({ withTimezone: true, mode: "date" })

export const timestamps = {
  created_at: instant().notNull().defaultNow(),
  updated_at: instant()
    .notNull()
    .defaultNow()
    .$onUpdate(() => sql`now()`),
}

/** `jsonb` that takes any foreign string: Postgres refuses NUL and half a surrogate pair, and names come from datasets. */
export const json = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => "jsonb",
  toDriver: (value) => jsonText(value),
  fromDriver: (value) => (typeof value === "string" ? JSON.parse(value) : value),
})

/** As `json` columns store it, for statements written by hand. */
export const jsonText = (value: unknown) =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === "string" ? storable(each) : each))

/** The text with what Postgres cannot store replaced by U+FFFD. */
export const storable = (text: string) => text.replaceAll("\0", "\uFFFD").toWellFormed()
