import { z } from "zod"

/** Every setting there is. `.env.example` lists the same names in the same order; a test compares them. */
export const Config = z.object({
  DATABASE_URL: z.string().min(1).describe("Postgres connection string. Unset locally: the embedded server."),
  JOB_QUEUE_URL_LIGHT: z.string().min(1).describe("SQS queue that wakes the workers for light jobs."),
  JOB_QUEUE_URL_MEDIUM: z.string().min(1).describe("SQS queue that wakes the workers for medium jobs."),
  JOB_QUEUE_URL_HEAVY: z.string().min(1).describe("SQS queue that wakes the workers for heavy jobs."),
  SWEEP_QUEUE_URL: z.string().min(1).describe("SQS queue that carries the one delayed sweep message."),
  ARTIFACT_BUCKET: z.string().min(1).describe("S3 bucket for results."),
  HF_ENDPOINT: z
    .url()
    .default("https://huggingface.co")
    .describe("The Hub to read. Locally the bundled sample Hub unless set; https://huggingface.co is the real one."),
  HF_TOKEN: z.string().optional().describe("Token the server reads the Hub with. Never leaves for another host."),
  HF_REDIRECT_HOSTS: z
    .string()
    .default("")
    .describe("Further hosts a download may redirect to, comma separated (the sample Hub's file host)."),
  OPERATOR_KEY: z
    .string()
    .min(24)
    .max(512)
    // What `Authorization: Bearer` can carry, RFC 6750. Empty is refused: a secret that got lost must not open the door.
    .regex(/^[A-Za-z0-9._~+/-]+=*$/)
    .optional()
    .describe("Key that every change needs: 24 characters or more. Unset, whoever reaches the API is its operator."),
  JOB_LEASE_SECONDS: z.coerce.number().min(1).default(45).describe("A job whose worker is silent this long is free."),
  JOB_MEMORY_MB: z.coerce
    .number()
    // The other half is for the buffers that files are read into, which lie outside of the heap, and for the process.
    .default(() => Math.floor(Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 1024) / 2))
    .describe("Heap limit of the thread that parses foreign files. Unset: half of its function's memory."),
  JOB_RUNNING_CAP: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe("How much may run at once in all. Unset: no limit."),
  JOB_TENANT_RUNNING_CAP: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe("How much of one tenant may run at once. Unset: no limit."),
  BUDGET_DAY_USD: z.coerce
    .number()
    .positive()
    .optional()
    .describe("Most that the jobs of all may cost that are begun on one day (UTC), in dollars. Unset: no limit."),
  BUDGET_TENANT_DAY_USD: z.coerce
    .number()
    .positive()
    .optional()
    .describe("Most that one tenant's jobs of one day may cost. Unset: no limit."),
  BUDGET_TENANT_MONTH_USD: z.coerce
    .number()
    .positive()
    .optional()
    .describe("Most that one tenant's jobs of one month may cost. Unset: no limit."),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("How much is logged."),
})
export type Config = z.infer<typeof Config>

let parsed: Config | undefined

/** Read once, at first use, so that importing a module never needs an environment. */
export const config = (): Config => (parsed ??= Config.parse(process.env))

/** Forgets the parsed settings; a test that changes the environment calls it. */
export const resetConfig = () => void (parsed = undefined)
