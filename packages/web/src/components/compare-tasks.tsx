import type { Comparison } from "../api/compare.ts"
import { formatCount } from "../formatting.ts"
import { ChangeMark } from "./change-mark.tsx"
import { SectionHead } from "./section-head.tsx"
import "./compare.css"

/** Tasks that only one has, by their words. */
export function CompareTasks({
  tasks: { added, removed, added_count, removed_count },
}: {
  tasks: Comparison["tasks"]
}) {
  const left = added_count + removed_count - added.length - removed.length
  return (
    <section aria-labelledby="compare-tasks-title">
      <SectionHead id="compare-tasks-title" title="Tasks" />
      {added_count + removed_count === 0 ? (
        <p className="soft">The same in both.</p>
      ) : (
        <ul className="panel changes">
          {added.map((task) => (
            <Task key={task} change="added" task={task} />
          ))}
          {removed.map((task) => (
            <Task key={task} change="removed" task={task} />
          ))}
        </ul>
      )}
      {left > 0 && <p className="small soft">and {formatCount(left)} more</p>}
    </section>
  )
}

const Task = ({ change, task }: { change: "added" | "removed"; task: string }) => (
  <li>
    <ChangeMark change={change} />
    <span>{task === "" ? <span className="soft">(empty)</span> : task}</span>
  </li>
)
