import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { DatasetMetadata } from "@robokit/core/format/schema"
import { Cameras } from "./cameras.tsx"
import { FileKinds } from "./file-kinds.tsx"
import { Signals } from "./signals.tsx"
import { Tasks } from "./tasks.tsx"
import "./metadata-view.css"
import "./notes.css"

interface Props {
  metadata: DatasetMetadata
  dataset: DatasetInfo
  isIndexed: boolean
}

/** What the dataset holds, as its metadata job found it. */
export const MetadataView = ({ metadata, dataset, isIndexed }: Props) => (
  <>
    {metadata.notes.length > 0 && (
      <section className="note note-warn" aria-labelledby="notes-title">
        <h2 id="notes-title" className="note-title">
          What could not be confirmed
        </h2>
        <ul>
          {metadata.notes.map((note, index) => (
            <li key={index}>{note}</li>
          ))}
        </ul>
      </section>
    )}
    {metadata.cameras.length > 0 && <Cameras cameras={metadata.cameras} dataset={dataset} isIndexed={isIndexed} />}
    {metadata.sensors.length > 0 && <Signals title="Sensors" signals={metadata.sensors} />}
    {metadata.actions.length > 0 && <Signals title="Actions" signals={metadata.actions} />}
    <Tasks tasks={metadata.tasks} total={metadata.task_count} />
    <FileKinds files={metadata.files} />
  </>
)
