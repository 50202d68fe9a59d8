import { useEffect, useState } from "react"
import type { ImportSearch } from "../import-search.ts"
import { SORT_NAMES, SORTS } from "../search-sorts.ts"

const DEBOUNCE_MS = 400
const LICENCES = ["apache-2.0", "mit", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc0-1.0"]
const TASKS = ["robotics", "reinforcement-learning", "video-classification", "image-to-text", "other"]
const SIZES = ["n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B"]
const LEROBOT = ["2.0", "2.1", "3.0"]

interface Props {
  search: ImportSearch
  onChange: (changes: Partial<Record<keyof ImportSearch, unknown>>) => void
}

export function SearchFilters({ search, onChange }: Props) {
  const active = [search.author, search.licence, search.task, search.size, search.lerobot].filter(Boolean).length
  return (
    <div className="filters" role="group" aria-label="Filters">
      <div className="filters-line">
        <label className="check">
          <input
            type="checkbox"
            checked={search.all !== true}
            onChange={(event) => onChange({ all: event.target.checked ? undefined : true })}
          />
          Robotics only
        </label>
        <label className="sort">
          Sort by
          <select value={search.sort ?? "downloads"} onChange={(event) => onChange({ sort: event.target.value })}>
            {SORT_NAMES.map((name) => (
              <option key={name} value={name}>
                {SORTS[name]}
              </option>
            ))}
          </select>
        </label>
        <details open={active > 0}>
          <summary>More filters{active > 0 && ` (${active})`}</summary>
          <div className="filters-grid">
            <TextFilter name="Author" value={search.author} onChange={(author) => onChange({ author })} />
            <TextFilter
              name="Licence"
              value={search.licence}
              options={LICENCES}
              onChange={(licence) => onChange({ licence })}
            />
            <TextFilter name="Task" value={search.task} options={TASKS} onChange={(task) => onChange({ task })} />
            <Choice name="Size" value={search.size} options={SIZES} onChange={(size) => onChange({ size })} />
            <Choice
              name="LeRobot version"
              value={search.lerobot}
              options={LEROBOT}
              onChange={(lerobot) => onChange({ lerobot })}
            />
          </div>
        </details>
      </div>
    </div>
  )
}

interface FilterProps {
  name: string
  value: string | undefined
  options?: string[]
  onChange: (value: string) => void
}

function TextFilter({ name, value = "", options = [], onChange }: FilterProps) {
  const [text, setText] = useState(value)
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => onChange(text.trim()), DEBOUNCE_MS)
    return () => clearTimeout(timer)
  })
  const list = `filter-${name.toLowerCase()}`
  return (
    <label className="field">
      {name}
      <input
        value={text}
        list={options.length > 0 ? list : undefined}
        autoComplete="off"
        placeholder="any"
        onChange={(event) => setText(event.target.value)}
      />
      {options.length > 0 && (
        <datalist id={list}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </label>
  )
}

const Choice = ({ name, value = "", options = [], onChange }: FilterProps) => (
  <label className="field">
    {name}
    <select value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">any</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  </label>
)
