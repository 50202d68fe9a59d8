import { UNKNOWN } from "../formatting.ts"

/** A value, or the plain word that it is not known. */
export function Known<T>({ value, as }: { value: T | null | undefined; as: (value: T) => string }) {
  if (value === null || value === undefined) return <span className="soft">{UNKNOWN}</span>
  return <>{as(value)}</>
}
