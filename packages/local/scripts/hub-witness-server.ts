// Serves the sample Hub to hub-witness.py: `node hub-witness-server.ts [DIR]`. Prints its addresses as one JSON line, runs
// until its input ends, then prints what it counted.
import { startSampleHub } from "../src/hub/server.ts"
import { commitOf, memoryFile, repoOf } from "../src/hub/test-repos.ts"

const video = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7919) % 251)
const readme = memoryFile("---\nlicense: apache-2.0\n---\n# Arm\n".padEnd(4000, "text "))
const first = commitOf(1, { "README.md": readme, "meta/info.json": memoryFile('{"codebase_version":"v2.1"}') })
const many = Object.fromEntries(Array.from({ length: 2500 }, (_, i) => [`many/f${i}.txt`, memoryFile(`${i}`)]))
const second = commitOf(2, {
  "README.md": readme,
  "meta/info.json": memoryFile('{"codebase_version":"v3.0"}'),
  "data/chunk-000/file-000.parquet": memoryFile("PAR1 0 PAR1"),
  "data/chunk-000/file-001.parquet": memoryFile("PAR1 1 PAR1"),
  "videos/odd name #1?.mp4": memoryFile(video),
})
const long = Array.from({ length: 120 }, (_, i) => commitOf(1000 + i, { "a.txt": memoryFile(`${i}`) }))

const hub = await startSampleHub({
  repos: [
    repoOf("team/arm", [first, second], {
      tags: ["LeRobot", "task_categories:robotics", "license:apache-2.0"],
      downloads: 70,
      git_tags: { "v2.1": first.id, "v3.0": second.id },
      branches: { main: second.id, "topic/one": first.id },
      renamed_from: ["team/former"],
    }),
    repoOf("team/many", [commitOf(3, many)]),
    repoOf("team/long", long),
    repoOf("team/secret", [first], { private: true }),
    repoOf("wild/gated", [first], { gated: "manual" }),
    repoOf("wild/disabled", [first], { disabled: true }),
    ...Array.from({ length: 25 }, (_, i) => repoOf(`crowd/set-${i}`, [first], { downloads: i % 3 })),
  ],
  hub_dir: process.argv[2],
  tokens: { hf_owner: { name: "olga", orgs: ["team"] }, hf_other: { name: "otto" } },
  quota: { anonymous: { api: 100_000, resolvers: 100_000 }, user: { api: 100_000, resolvers: 100_000 } },
  pages: { search: 10 },
})
console.log(JSON.stringify({ url: hub.url, cdn_url: hub.cdn_url, commits: [first.id, second.id] }))
for await (const _ of process.stdin);
console.log(JSON.stringify({ requests: hub.requests, leaked_tokens: hub.leaked_tokens.length }))
await hub.close()
