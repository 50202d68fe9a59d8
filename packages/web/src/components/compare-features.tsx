import type { Feature } from "@robokit/core/episode/schema"
import type { Comparison } from "../api/compare.ts"
import { Changed, ChangeMark } from "./change-mark.tsx"
import { SectionHead } from "./section-head.tsx"
import "./compare.css"

const PARTS = ["role", "dtype", "shape", "unit", "names"] as const satisfies (keyof Feature)[]

/** Features that only one has, and those that are not the same in both, with what of them is not. */
export function CompareFeatures({ features: { added, removed, changed } }: { features: Comparison["features"] }) {
  return (
    <section aria-labelledby="compare-features-title">
      <SectionHead id="compare-features-title" title="Features" />
      {added.length + removed.length + changed.length === 0 ? (
        <p className="soft">The same in both.</p>
      ) : (
        <ul className="panel changes">
          {added.map((feature) => (
            <li key={feature.name}>
              <ChangeMark change="added" />
              <Described feature={feature} />
            </li>
          ))}
          {removed.map((feature) => (
            <li key={feature.name}>
              <ChangeMark change="removed" />
              <Described feature={feature} />
            </li>
          ))}
          {changed.map(({ name, from, to }) => (
            <li key={name}>
              <ChangeMark change="changed" />
              <div>
                <code>{name}</code>
                {PARTS.filter((part) => told(from[part]) !== told(to[part])).map((part) => (
                  <p key={part} className="small">
                    <span className="soft">{part}</span> <Changed from={told(from[part])} to={told(to[part])} />
                  </p>
                ))}
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const Described = ({ feature }: { feature: Feature }) => (
  <div>
    <code>{feature.name}</code>
    <p className="small soft">
      {[feature.role, feature.dtype ?? "type unknown", told(feature.shape), feature.unit].filter(Boolean).join(" · ")}
    </p>
  </div>
)

function told(value: Feature[keyof Feature]): string {
  if (value === null) return "none"
  return Array.isArray(value) ? `[${value.map((each) => each ?? "?").join(", ")}]` : value
}
