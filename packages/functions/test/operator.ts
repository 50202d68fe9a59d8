import { afterEach, beforeEach } from "vitest"
import { resetConfig } from "../../core/src/config.ts"

export const OPERATOR_KEY = "op_canary.0123456789~abcdefghij="
export const asOperator = { authorization: `Bearer ${OPERATOR_KEY}` }

export const withSettings = (settings: Record<string, string | undefined>) => {
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  resetConfig()
}

/** As on a deployed stage: a key is set, and the server has a token of its own for the Hub. */
export function useOperatorKey(settings: Record<string, string> = {}) {
  beforeEach(() => withSettings({ OPERATOR_KEY, ...settings }))
  afterEach(() => withSettings({ OPERATOR_KEY: undefined, HF_TOKEN: undefined }))
}
