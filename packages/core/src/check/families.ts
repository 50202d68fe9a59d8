/** What the part of a code before its first dash stands for. */
const FAMILIES: Record<string, string> = {
  REPO: "Repository",
  VER: "Version",
  TAG: "Tags",
  PATH: "Paths",
  FILE: "Files",
  LISTING: "Listing",
  CARD: "Card",
  INFO: "info.json",
  FEAT: "Features",
  EP: "Episodes",
  TASK: "Tasks",
  SUBTASK: "Subtasks",
  LANG: "Language",
  PQ: "Parquet tables",
  IDX: "Indices",
  TS: "Timestamps",
  VAL: "Values",
  VID: "Videos",
  IMG: "Images",
  DEPTH: "Depth pictures",
  ST: "Statistics",
}

/** The family of a rule by its code: `EP-COUNT` is of the episodes. */
export function familyOf(code: string): string {
  const prefix = code.split("-", 1)[0]!
  return FAMILIES[prefix] ?? prefix
}
