import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { hasSharedData, sharedData } from "../../../test/shared-data.ts"
import { folderFiles } from "../../files/folder.ts"
import { memoryFiles } from "../../files/memory.ts"
import type { Files } from "../../files/files.ts"
import { parquet } from "./parquet.ts"

const extract = (files: Files) =>
  parquet.extract!({
    repo_id: "a/b",
    revision: "0".repeat(40),
    files,
    card: { licence: null, tags: [] },
    progress: () => {},
    signal: new AbortController().signal,
  })

test("a repository of tables that are none says whose fault it is", async () => {
  await expect(extract(memoryFiles({ "a.parquet": "PAR1 and then the power went" }))).rejects.toMatchObject({
    code: "dataset_malformed",
    path: "a.parquet",
    message: expect.stringContaining("interrupted"),
  })
})

describe.skipIf(!hasSharedData)("Apache's own files", () => {
  const DATA = "parquet/parquet-testing-data-public"

  test("every table is read, its rows counted, and none of its pages fetched", async () => {
    const files = await folderFiles(sharedData(DATA))
    const metadata = await extract(files)
    const facts = JSON.parse(readFileSync(sharedData("FACTS.json"), "utf8")) as Record<string, { rows?: number }>
    const tables = Object.entries(facts).filter(([path]) => path.startsWith(DATA) && path.endsWith(".parquet"))
    expect(tables).toHaveLength(17)
    const rows = tables.reduce((sum, [, fact]) => sum + fact.rows!, 0)
    expect(metadata.details).toMatchObject({ tables: 17, tables_read: 17, rows, unreadable: [] })
    expect(metadata).toMatchObject({ episode_count: null, frame_count: null })
    expect(metadata.notes.join()).toContain("different schemas")
  })

  test("columns carry path, type and whether they repeat", async () => {
    const body = readFileSync(sharedData(`${DATA}/list_columns.parquet`))
    const { details } = await extract(memoryFiles({ "list_columns.parquet": body }))
    expect(details.columns).toEqual([
      { path: ["int64_list", "list", "item"], type: "INT64", logical_type: null, nullable: true, repeated: true },
      {
        path: ["utf8_list", "list", "item"],
        type: "BYTE_ARRAY",
        logical_type: expect.any(String),
        nullable: true,
        repeated: true,
      },
    ])
  })

  test("a broken footer ends in a sentence, and the total is then unknown, not wrong", async () => {
    const { details, notes } = await extract(await folderFiles(sharedData("parquet/parquet-testing-bad_data")))
    expect(details).toMatchObject({ tables: 8, tables_read: 7, rows: null })
    expect(details.unreadable).toMatchObject([
      { path: "PARQUET-1481.parquet", reason: expect.stringContaining("type -7") },
    ])
    expect(notes.join()).toContain("1 of 8 tables could not be read")
  })
})
