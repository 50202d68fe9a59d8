// Makes what deploys, unless it is there, and prints where it is: {"functions": "/…", "portal": "/…"}.
import { buildFunctions } from "../packages/functions/build.ts"
import { buildPortal } from "../packages/local/src/build-portal.ts"

const [functions, portal] = await Promise.all([buildFunctions(), buildPortal()])
console.log(JSON.stringify({ functions, portal }))
