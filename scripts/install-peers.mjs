// What the benchmarks compare us with (bench/peers/), beside the product: nothing of the product needs it.
import { fileURLToPath } from "node:url"
import { installWhenNeeded } from "./install.mjs"

await installWhenNeeded(fileURLToPath(new URL("../bench/peers", import.meta.url)))
