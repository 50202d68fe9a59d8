import { SIZE_CLASSES, type SizeClass } from "./schema.ts"

const MB = 1e6
const GB = 1e9

/**
 * The most bytes a job of a class is estimated to read. A light job is done in seconds, and must not wait behind those
 * that take minutes; 4 GB are what one run of five minutes reads at some 15 MB/s. What is above goes where there is room
 * for a part that cannot be cut.
 */
const MOST_BYTES = { light: 256 * MB, medium: 4 * GB, heavy: Infinity } satisfies Record<SizeClass, number>

/** The class of a job that is estimated to read `bytes`. */
export const classOf = (bytes: number): SizeClass => SIZE_CLASSES.find((each) => bytes <= MOST_BYTES[each]) ?? "heavy"

/** The next larger class; undefined for the largest. */
export const larger = (size_class: SizeClass): SizeClass | undefined =>
  SIZE_CLASSES[SIZE_CLASSES.indexOf(size_class) + 1]

/** Classes that fit into a worker of this one: its own and the smaller. */
export const upTo = (size_class: SizeClass): SizeClass[] => SIZE_CLASSES.slice(0, SIZE_CLASSES.indexOf(size_class) + 1)
