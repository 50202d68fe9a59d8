import { memoryFiles } from "@robokit/core/files/memory"
import { serve } from "../src/job/serve.ts"
import { harness } from "./harness.ts"

await serve({ registry: harness, openFiles: () => memoryFiles({}) })
