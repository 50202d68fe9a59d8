import type { Finding, Kind } from "@robokit/core/check/schema"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { KINDS_SHOWN, SEVERITIES_SHOWN } from "../finding-words.ts"
import { formatCount } from "../formatting.ts"
import type { ValidationSearch } from "../validation-search.ts"
import { SeverityMark } from "./severity-mark.tsx"
import "./segments.css"
import "./findings.css"

interface Props {
  findings: Finding[]
  search: ValidationSearch
}

/** Narrows the findings; the address says how, so that a narrowed list can be shared. */
export function FindingFilters({ findings, search }: Props) {
  const navigate = useNavigate({ from: "/$owner/$ref/validation" })
  // Typed text is kept here: the address follows a moment later, and a field that waited for it would lose letters.
  const [words, setWords] = useState(search.q ?? "")
  const [episode, setEpisode] = useState(search.episode === undefined ? "" : String(search.episode))
  const narrow = (changes: { [Name in keyof ValidationSearch]?: ValidationSearch[Name] | undefined }) =>
    void navigate({
      search: ({ finding: _finding, ...before }) => withoutBlanks({ ...before, ...changes }),
      replace: true,
      resetScroll: false,
    })
  const isNarrowed = [search.severity, search.kind, search.episode, search.q].some((each) => each !== undefined)

  return (
    <search className="findings-tools">
      <fieldset className="segments">
        <legend className="visually-hidden">Severity</legend>
        <label className="segment">
          <input
            type="radio"
            name="severity"
            className="visually-hidden"
            checked={search.severity === undefined}
            onChange={() => narrow({ severity: undefined })}
          />
          All <span className="soft">{formatCount(findings.length)}</span>
        </label>
        {SEVERITIES_SHOWN.map(([name, title]) => (
          <label key={name} className="segment">
            <input
              type="radio"
              name="severity"
              className="visually-hidden"
              checked={search.severity === name}
              onChange={() => narrow({ severity: name })}
            />
            <SeverityMark severity={name} /> {title}{" "}
            <span className="soft">{formatCount(findings.filter(({ severity }) => severity === name).length)}</span>
          </label>
        ))}
      </fieldset>
      <select
        aria-label="Kind"
        value={search.kind ?? ""}
        onChange={(event) => narrow({ kind: event.target.value === "" ? undefined : (event.target.value as Kind) })}
      >
        <option value="">All kinds</option>
        {KINDS_SHOWN.map(([name, title, about]) => (
          <option key={name} value={name}>
            {title}: {about}
          </option>
        ))}
      </select>
      <input
        type="number"
        min={0}
        inputMode="numeric"
        aria-label="Episode"
        placeholder="Episode"
        className="findings-episode"
        value={episode}
        onChange={({ target: { value } }) => {
          setEpisode(value)
          narrow({ episode: /^\d{1,15}$/.test(value) ? Number(value) : undefined })
        }}
      />
      <input
        type="search"
        aria-label="Search the findings"
        placeholder="Search the findings"
        value={words}
        onChange={({ target: { value } }) => {
          setWords(value)
          narrow({ q: value })
        }}
      />
      {isNarrowed && (
        <button
          type="button"
          className="button button-quiet button-small"
          onClick={() => {
            setWords("")
            setEpisode("")
            narrow({ severity: undefined, kind: undefined, episode: undefined, q: undefined })
          }}
        >
          Show all
        </button>
      )}
    </search>
  )
}

const withoutBlanks = (search: object) =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ""))
