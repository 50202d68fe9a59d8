import { plural, shown } from "../notes.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const CONTENT = /\.(?:parquet|mp4)$/

/** Whether files hold what their names promise, without opening more than is opened anyway. */
export const fileRules = {
  "FILE-LFS-POINTER": {
    on: "broken_file",
    title: "Files hold their content, not Git LFS pointers",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    needs: [],
    why: "A clone without its large files was pushed: 130 bytes of text in place of each.",
    reference: `${LEROBOT}/2268`,
    fix: "git lfs pull, then push again; or upload with hf upload.",
    check({ entry, error }, report) {
      if (error.code !== "lfs_pointer") return
      report({
        message: `${shown(entry.path)} is a Git LFS pointer.`,
        where: { path: entry.path },
        evidence: { bytes: entry.size },
        group: "pointer",
      })
    },
    closer: {
      on: "dataset",
      cost: "info",
      check(facts, report) {
        const errors = [
          facts.errorOf("info"),
          facts.errorOf("episodes"),
          facts.errorOf("tasks"),
          facts.errorOf("stats"),
          ...(facts.has("episodes") ? facts.episodes.broken.map(({ error }) => error) : []),
        ]
        for (const error of errors) {
          if (error?.code !== "lfs_pointer") continue
          report({
            message: `${shown(error.path)} is a Git LFS pointer.`,
            where: { path: error.path! },
            group: "pointer",
          })
        }
      },
    },
  },
  "FILE-EMPTY": {
    on: "dataset",
    title: "No table and no video is empty",
    severity: "error",
    kind: "defect",
    cost: "listing",
    versions: "all",
    needs: [],
    why: "An upload broke off, or a clone was made without content.",
    reference: "https://github.com/strands-labs/robots/issues/800",
    check({ listing }, report) {
      for (const { path, size } of listing.files) {
        if (size === 0 && CONTENT.test(path))
          report({ message: `${shown(path)} is empty.`, where: { path }, evidence: { bytes: 0 } })
      }
    },
  },
  "FILE-TMP-UPLOADED": {
    on: "dataset",
    title: "No temporary files were uploaded",
    severity: "warning",
    kind: "risk",
    cost: "listing",
    versions: "all",
    why: "A push that was interrupted: what else is missing is worth a look.",
    reference: null,
    fix: "Delete them from the repository.",
    check({ listing }, report) {
      const kinds = [
        // Recorders leave the pictures they encoded; dead weight, and nothing is wrong.
        { pattern: /^images\/.*\.(?:png|jpe?g|tiff?)$/i, what: "picture", severity: "info" as const },
        {
          // A lock of packages is nobody's leftover; one of a table or a video is.
          pattern:
            /(?:^|\/)(?:\.cache\/|\.DS_Store$|tmp[^/]*$|[^/]*\.(?:incomplete|part|tmp)$)|^(?:data|meta|videos)\/.*\.lock$/,
          what: "temporary file",
          severity: "warning" as const,
        },
      ]
      for (const { pattern, what, severity } of kinds) {
        let first: string | undefined
        let [files, bytes] = [0, 0]
        for (const { path, size } of listing.files) {
          if (!pattern.test(path)) continue
          first ??= path
          files++
          bytes += size
        }
        if (first === undefined) continue
        report({
          message: `${plural(files, what)} ${files === 1 ? "was" : "were"} uploaded, such as ${shown(first)}.`,
          where: { path: first },
          evidence: { files, bytes },
          severity,
          group: what,
        })
      }
    },
  },
} as const satisfies Rules
