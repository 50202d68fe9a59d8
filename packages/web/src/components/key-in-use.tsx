import { useQuery } from "@tanstack/react-query"
import { useSyncExternalStore } from "react"
import { hubQuery } from "../api/hub.ts"
import { forgetKey, learnKey, operatorKey, subscribe } from "../api/operator-key.ts"
import { KeyIcon } from "./icons.tsx"

/** Says whether this tab acts as the operator, and changes that. Where no key is set there is nothing to say. */
export function KeyInUse() {
  const { key } = useSyncExternalStore(subscribe, operatorKey)
  const { data: hub } = useQuery(hubQuery)
  if (!hub || hub.operator_key === "not_set") return null
  return key === null ? (
    <button type="button" className="button button-small" onClick={() => void learnKey()}>
      <KeyIcon /> Enter key
    </button>
  ) : (
    <button type="button" className="button button-small" onClick={forgetKey}>
      <KeyIcon /> Forget key
    </button>
  )
}
