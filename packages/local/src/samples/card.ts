export interface CardFacts {
  title: string
  licence: string
  tags: readonly string[]
  /** A sentence or two of what is in it. */
  text: string
  /** Data files of the viewer's default configuration. */
  data_files?: string
}

/** README.md as the Hub reads it: front matter, then text. */
export const cardOf = ({ title, licence, tags, text, data_files }: CardFacts) => `---
license: ${licence}
task_categories:
- robotics
tags:
${tags.map((tag) => `- ${tag}`).join("\n")}
${data_files ? `configs:\n- config_name: default\n  data_files: ${data_files}\n` : ""}---

# ${title}

${text}

This is sample data made by RoboKit's own builder for trying the product offline: the motion is computed and the
pictures are drawn. No robot recorded it.
`

/** What every new repository on the Hub begins with. */
export const GITATTRIBUTES = `*.parquet filter=lfs diff=lfs merge=lfs -text
*.mp4 filter=lfs diff=lfs merge=lfs -text
*.h5 filter=lfs diff=lfs merge=lfs -text
*.hdf5 filter=lfs diff=lfs merge=lfs -text
*.bag filter=lfs diff=lfs merge=lfs -text
*.mcap filter=lfs diff=lfs merge=lfs -text
`
