import type { Signal } from "@robokit/core/format/schema"
import { formatCount } from "../formatting.ts"
import { SectionHead } from "./section-head.tsx"

const NAMES_SHOWN = 64

/** Sensors or actions: what is measured or commanded, and what each of its numbers is called. */
export function Signals({ title, signals }: { title: string; signals: Signal[] }) {
  const id = `${title.toLowerCase()}-title`
  return (
    <section aria-labelledby={id}>
      <SectionHead id={id} title={title} count={formatCount(signals.length)} />
      <div className="panel signals-panel scroll-x" role="region" aria-label={`${title}, table`} tabIndex={0}>
        <table>
          <caption className="visually-hidden">{title} with their types and the names of their parts</caption>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Type</th>
              <th scope="col">Shape</th>
              <th scope="col">Parts</th>
            </tr>
          </thead>
          <tbody>
            {signals.map((signal, index) => (
              <tr key={index}>
                <th scope="row" className="signal-name">
                  {signal.name}
                </th>
                <td>
                  <code>{signal.dtype}</code>
                  {signal.unit !== undefined && <span className="soft"> in {signal.unit}</span>}
                </td>
                <td className="mono">{signal.shape.map((size) => size ?? "?").join(" × ")}</td>
                <td>
                  <Parts names={signal.names} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Parts({ names }: { names: string[] | null }) {
  if (names === null) return <span className="soft">not named</span>
  return (
    <span className="signal-parts">
      {names.slice(0, NAMES_SHOWN).map((name, index) => (
        <span key={index} className="chip">
          {name}
        </span>
      ))}
      {names.length > NAMES_SHOWN && <span className="soft">and {formatCount(names.length - NAMES_SHOWN)} more</span>}
    </span>
  )
}
