import { hubFiles } from "@robokit/core/files/hub"
import { jobs } from "@robokit/core/job/registry"
import { serve } from "./serve.ts"

await serve({ registry: jobs, openFiles: hubFiles })
