import type { DatasetMetadata } from "@robokit/core/format/schema"
import { formatBytes, formatCount, plural } from "../formatting.ts"
import { SectionHead } from "./section-head.tsx"

/** How the repository's bytes divide; bars are to the largest kind's scale. */
export function FileKinds({ files }: { files: DatasetMetadata["files"] }) {
  const kinds = Object.entries(files.by_kind).toSorted(([, a], [, b]) => b.bytes - a.bytes)
  const largest = Math.max(1, ...kinds.map(([, { bytes }]) => bytes))
  const total = [
    files.count === null ? "number unknown" : plural(files.count, "file"),
    files.bytes === null ? "size unknown" : formatBytes(files.bytes),
  ].join(", ")
  return (
    <section aria-labelledby="files-title">
      <SectionHead id="files-title" title="Files" count={total} />
      {kinds.length > 0 && (
        <table className="kinds">
          <caption className="visually-hidden">Files by kind</caption>
          <thead className="visually-hidden">
            <tr>
              <th scope="col">Kind</th>
              <th scope="col">Share</th>
              <th scope="col">Size</th>
              <th scope="col">Number</th>
            </tr>
          </thead>
          <tbody>
            {kinds.map(([kind, { count, bytes }]) => (
              <tr key={kind}>
                <th scope="row">{kind}</th>
                <td>
                  <svg className="kinds-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                    <rect width={Math.max(bytes > 0 ? 0.4 : 0, (bytes / largest) * 100)} height="1" />
                  </svg>
                </td>
                <td className="number">{formatBytes(bytes)}</td>
                <td className="number soft">{formatCount(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
