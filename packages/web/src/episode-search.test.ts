import { expect, test } from "vitest"
import { asMoment, readEpisodeSearch, readEpisodesSearch } from "./episode-search.ts"
import { directionOf, reversed } from "./episode-sorts.ts"

test("a moment is read as the router or a person writes it", () => {
  expect(readEpisodeSearch({ t: 12.34 })).toEqual({ t: 12.34 })
  expect(readEpisodeSearch({ t: "0" })).toEqual({ t: 0 })
  expect(readEpisodeSearch({ frame: 102 })).toEqual({ frame: 102 })
})

test("what is no moment is no moment", () => {
  for (const t of [-1, "", " ", "soon", NaN, null, {}, [], true, "1e999"])
    expect(readEpisodeSearch({ t, frame: t })).toEqual({})
  expect(readEpisodeSearch({ frame: 1.5 })).toEqual({})
})

test("the list that an episode was opened from stays in its address, its defaults do not", () => {
  const list = { q: "42", task: "Wave", sort: "-length", format: "lerobot" }
  expect(readEpisodeSearch({ ...list, q: 42, t: 1, more: 1 })).toEqual({ ...list, t: 1 })
  expect(readEpisodesSearch({ sort: "episode_index", q: "", task: 0, t: 3 })).toEqual({ task: "0" })
  expect(readEpisodesSearch({ sort: "size" })).toEqual({})
})

test("a moment in an address has milliseconds and no more", () => {
  expect(asMoment(102 / 30)).toBe(3.4)
  expect(asMoment(1 / 3)).toBe(0.333)
})

test("an order reversed twice is itself", () => {
  expect(reversed("length")).toBe("-length")
  expect(reversed(reversed("-episode_index"))).toBe("-episode_index")
  expect([
    directionOf("length", "length"),
    directionOf("length", "-length"),
    directionOf("length", "duration_s"),
  ]).toEqual(["ascending", "descending", undefined])
})
