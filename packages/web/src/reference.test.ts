import { describe, expect, test } from "vitest"
import { parseReference } from "./reference.ts"

const HUB = "http://127.0.0.1:7860"
const dataset = (repo_id: string, revision: string | null = null) => ({ kind: "dataset", repo_id, revision })

describe("what names a dataset is understood", () => {
  test.each([
    ["observabot/so101_die_mat4", dataset("observabot/so101_die_mat4")],
    ["  owner/name  ", dataset("owner/name")],
    ["owner/name@v2.1", dataset("owner/name", "v2.1")],
    ["owner/name@feature/x", dataset("owner/name", "feature/x")],
    ["owner/name@refs/convert/parquet", dataset("owner/name", "refs/convert/parquet")],
    ["owner/name@", dataset("owner/name")],
    ["owner/name.with.dots@main", dataset("owner/name.with.dots", "main")],
    ["datasets/owner/name", dataset("owner/name")],
    ["hf://datasets/owner/name@main/meta/info.json", dataset("owner/name", "main")],
    ["https://huggingface.co/datasets/owner/name", dataset("owner/name")],
    ["https://huggingface.co/datasets/owner/name/", dataset("owner/name")],
    ["huggingface.co/datasets/owner/name", dataset("owner/name")],
    ["HTTPS://HuggingFace.co/datasets/owner/name?not-for-all-audiences=true#top", dataset("owner/name")],
    ["https://hf.co/datasets/owner/name/tree/v3.0", dataset("owner/name", "v3.0")],
    ["https://huggingface.co/datasets/owner/name/tree/main/meta", dataset("owner/name", "main")],
    [
      "https://huggingface.co/datasets/owner/name/tree/refs%2Fconvert%2Fparquet",
      dataset("owner/name", "refs/convert/parquet"),
    ],
    ["https://huggingface.co/datasets/owner/name/tree/refs/pr/4/meta", dataset("owner/name", "refs/pr/4")],
    ["https://huggingface.co/datasets/owner/name/blob/abc123/meta/info.json", dataset("owner/name", "abc123")],
    [
      "https://huggingface.co/datasets/owner/name/resolve/main/data/a.parquet?download=true",
      dataset("owner/name", "main"),
    ],
    ["https://huggingface.co/datasets/owner/name/commit/0123456789", dataset("owner/name", "0123456789")],
    ["https://huggingface.co/datasets/owner/name/viewer/default/train", dataset("owner/name")],
    ["https://huggingface.co/datasets/owner/name/discussions/3", dataset("owner/name")],
    ["https://huggingface.co/api/datasets/owner/name/tree/main", dataset("owner/name", "main")],
    ["https://huggingface.co/api/datasets/owner/name/revision/v2.0", dataset("owner/name", "v2.0")],
    [`${HUB}/datasets/owner/name/tree/main`, dataset("owner/name", "main")],
    ["https://huggingface.co/datasets/owner/name/tree/100%25", dataset("owner/name", "100%")],
    ["https://huggingface.co/datasets/owner/name/tree/%ZZ", dataset("owner/name", "%ZZ")],
  ])("%s", (text, reference) => {
    expect(parseReference(text, HUB)).toEqual(reference)
  })
})

describe("an address that names none is refused with the reason", () => {
  test.each([
    ["https://example.com/datasets/owner/name", "example.com"],
    ["https://huggingface.co/lerobot/smolvla_base", "not a dataset"],
    ["https://huggingface.co/datasets/owner", "names no dataset"],
    ["https://huggingface.co.evil.example/datasets/owner/name", "evil.example"],
    ["http://127.0.0.1:9999/datasets/owner/name", "127.0.0.1:9999"],
    ["https://", "complete address"],
  ])("%s", (text, reason) => {
    expect(parseReference(text, HUB)).toEqual({ kind: "refused", reason: expect.stringContaining(reason) })
  })
})

describe("anything else is words to search for", () => {
  test.each([
    "",
    "so101",
    "pick and place",
    "a/b/c",
    "owner/",
    "/name",
    "a b/c",
    "owner/name@two words",
    "../etc",
    "javascript:alert(1)",
  ])("%j", (text) => {
    expect(parseReference(text, HUB)).toEqual({ kind: "words", words: text })
  })
})
