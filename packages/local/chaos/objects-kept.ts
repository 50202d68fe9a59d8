import type postgres from "postgres"

/** Where bucket and rows differ: what is named and not there, and what is there and nobody's. */
export async function strayObjects(sql: postgres.Sql, objects: ReadonlyMap<string, unknown>): Promise<string[]> {
  const rows = await sql<
    { key: string }[]
  >`select file ->> 'key' as key from job, jsonb_array_elements(artifacts) as file`
  const named = new Set(rows.map(({ key }) => key))
  return [
    ...named
      .keys()
      .filter((key) => !objects.has(key))
      .map((key) => `${key} is named and not there`),
    ...objects
      .keys()
      .filter((key) => !named.has(key))
      .map((key) => `${key} is there and nobody's`),
  ]
}
