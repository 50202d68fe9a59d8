import { Config } from "@robokit/core/config"
import { CLASSES, type FunctionName, QUEUE_SETTINGS, type QueueName } from "@robokit/functions/sizes"
import { lambdas, nameOf, queue, type Rule, settingsOf } from "./graph.ts"

/** Secrets that not every function needs, and who does. */
const NEEDED_BY: Record<string, FunctionName[]> = {
  // The API pins and searches; the workers read.
  HF_TOKEN: ["api", ...Object.values(CLASSES).map(({ worker }) => worker)],
  // Nobody else is asked for it.
  OPERATOR_KEY: ["api"],
}
const SECRETS = { DATABASE_URL: "DatabaseUrl", HF_TOKEN: "HfToken", OPERATOR_KEY: "OperatorKey" }

/** `config()` throws without these. */
const REQUIRED = Object.entries(Config.shape).flatMap(([name, field]) =>
  field.safeParse(undefined).success ? [] : [name],
)

/** The value that a secret has in a graph, which is made without any. */
export const placeholder = (secret: string) => `placeholder-of-the-secret-${secret}`

export const settings: Rule[] = [
  {
    id: "settings",
    title: `every function has the settings it reads: ${[...REQUIRED, ...Object.keys(NEEDED_BY)].join(", ")}`,
    check: (graph) =>
      lambdas(graph).flatMap((fn) => {
        const due = [...REQUIRED, ...Object.keys(NEEDED_BY).filter((each) => NEEDED_BY[each]!.includes(nameOf(fn)))]
        return due.filter((each) => !settingsOf(fn)[each]).map((each) => `${nameOf(fn)} has no ${each}`)
      }),
  },
  {
    id: "queue-settings",
    title: "a setting that names a queue has the address of that queue",
    check: (graph) =>
      lambdas(graph).flatMap((fn) =>
        (Object.entries(QUEUE_SETTINGS) as [string, QueueName][]).flatMap(([setting, name]) => {
          const value = settingsOf(fn)[setting]
          const isRight = value === undefined || value.endsWith(`/${queue(graph, name)?.inputs.name}`)
          return isRight ? [] : [`${nameOf(fn)}: ${setting} is ${value}`]
        }),
      ),
  },
  {
    id: "known-settings",
    title: "no function is given a setting that core/config.ts does not know",
    check: (graph) =>
      lambdas(graph).flatMap((fn) =>
        Object.keys(settingsOf(fn))
          .filter((each) => !/^(SST_|POWERTOOLS_)/.test(each) && !(each in Config.shape))
          .map((each) => `${nameOf(fn)}: ${each}`),
      ),
  },
  {
    id: "secrets",
    title: "secrets come from the secret store and go to those who need them only",
    check: (graph) =>
      lambdas(graph).flatMap((fn) =>
        Object.entries(SECRETS).flatMap(([setting, secret]) => {
          const value = settingsOf(fn)[setting]
          if (value === undefined) return []
          const holders = NEEDED_BY[setting]
          if (holders && !holders.includes(nameOf(fn))) return [`${nameOf(fn)} holds ${setting}`]
          return value === placeholder(secret) ? [] : [`${nameOf(fn)}: ${setting} is no secret`]
        }),
      ),
  },
]
