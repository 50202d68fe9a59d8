import { Link } from "@tanstack/react-router"
import type { SearchHit } from "../api/hub.ts"
import { formatCompact } from "../formatting.ts"
import { Ago } from "./ago.tsx"
import { CardChips } from "./card-chips.tsx"

export const SearchResults = ({ hits }: { hits: SearchHit[] }) => (
  <ul className="panel hits">
    {hits.map((hit) => (
      <li key={hit.repo_id} className="hit">
        <h3 className="hit-name">
          <Link from="/import" to="/import" search={(before) => ({ ...before, dataset: hit.repo_id })}>
            {hit.repo_id}
          </Link>
        </h3>
        <p className="hit-numbers">
          <span>{formatCompact(hit.downloads)} downloads</span>
          <span>{formatCompact(hit.likes)} likes</span>
          <Ago at={hit.last_modified} />
        </p>
        {hit.description !== null && <p className="hit-about">{hit.description}</p>}
        <CardChips hit={hit} tagsShown={5} />
      </li>
    ))}
  </ul>
)
