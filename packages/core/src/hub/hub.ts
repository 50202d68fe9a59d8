export * as Hub from "./hub.ts"
export { type Pinned, pin } from "./pin.ts"
export { revisions } from "./revisions.ts"
export { search } from "./search.ts"
