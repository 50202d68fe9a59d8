/** The card that lerobot pushes along with a dataset, as far as anybody reads it. @param info text of meta/info.json. */
export const cardOf = (info: string) => `---
license: apache-2.0
task_categories:
- robotics
tags:
- LeRobot
configs:
- config_name: default
  data_files: data/*/*.parquet
---

This dataset was created using [LeRobot](https://github.com/huggingface/lerobot).

## Dataset Structure

[meta/info.json](meta/info.json):
\`\`\`json
${info}
\`\`\`
`
