import { describe, expect, test } from "vitest"
import { isTemplate, parseTemplate, type TemplateValues } from "./template.ts"

const fill = (text: unknown, values: TemplateValues) => {
  const template = parseTemplate(text)
  return isTemplate(template) ? template.fill(values) : template.problem
}

describe("templates of the wild", () => {
  test.each([
    ["data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet", "data/chunk-001/episode_001234.parquet"],
    ["data/task-{episode_chunk:04d}/episode_{episode_index:08d}.parquet", "data/task-0001/episode_00001234.parquet"],
    ["data/train/episode_{episode_index}.parquet", "data/train/episode_1234.parquet"],
    ["data/chunk-{episode_index:03d}/episode_{episode_index:06d}.parquet", "data/chunk-1234/episode_001234.parquet"],
    ["data/train-{episode_index:05d}-of-{total_episodes:05d}.parquet", "data/train-01234-of-02000.parquet"],
    ["{video_key}/{episode_index:d}.mp4", "observation.images.top/1234.mp4"],
  ])("%s", (text, path) => {
    expect(
      fill(text, { episode_chunk: 1, episode_index: 1234, total_episodes: 2000, video_key: "observation.images.top" }),
    ).toBe(path)
  })
})

describe("templates that are refused", () => {
  test.each([
    ["data/{episode_index:06x}.parquet", /not understood/],
    ["data/{episode_index!r}.parquet", /stray brace/],
    ["data/{}.parquet", /stray brace/],
    ["data/{episode_index:999d}.parquet", /not understood/],
    ["x".repeat(2000), /longer than/],
    [null, /no text/],
  ])("%s", (text, problem) => expect(fill(text, { episode_index: 1 })).toMatch(problem))

  test.each([
    "../{episode_index}",
    "/etc/{episode_index}",
    "a/../../{episode_index}",
    "a\\{episode_index}",
    "a//{episode_index}",
    "{missing}",
    "{__proto__}",
    "{constructor}",
  ])("%s gives no path", (text) => expect(fill(text, { episode_index: 1 })).toBeUndefined())

  test("a value cannot lead out of the repository either", () => {
    expect(fill("videos/{video_key}/x.mp4", { video_key: "../.." })).toBeUndefined()
  })
})
