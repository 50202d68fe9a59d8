import type { Injections } from "../injection.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const OTHER = "f".repeat(40)

export const tagInjections: Injections = [
  {
    rule: "TAG-MISSING",
    what: "the version has no tag",
    versions: ALL,
    apply({ refs, revision }, strength) {
      refs.versions = [[], [{ name: "v1.6", commit: revision }], [{ name: "v3.0-rc1", commit: OTHER }]][strength]!
      return {}
    },
  },
  {
    rule: "TAG-STALE",
    what: "main is ahead of the tag",
    versions: ALL,
    apply({ refs, revision }, strength) {
      const { name } = refs.versions[0]!
      refs.versions = [
        { name, commit: OTHER },
        ...(strength > 0 ? [{ name: "v1.6", commit: revision }] : []),
        ...(strength > 1 ? [{ name: name.slice(1), commit: "e".repeat(40) }] : []),
      ]
      return {}
    },
  },
  {
    rule: "TAG-NAME",
    what: "the tag is spelled otherwise",
    versions: ALL,
    apply({ refs, revision }, strength) {
      const { name } = refs.versions[0]!
      refs.versions = [{ name: [name.slice(1), name.toUpperCase(), `${name}.0`][strength]!, commit: revision }]
      return {}
    },
  },
]
