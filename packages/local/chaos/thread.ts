import { memoryFiles } from "@robokit/core/files/memory"
import { serve } from "@robokit/functions/job/serve"
import { registry } from "./registry.ts"

await serve({ registry, openFiles: () => memoryFiles({}) })
