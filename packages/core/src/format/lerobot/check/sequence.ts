/** Something to go through as often as one likes: a list, or what makes its items one by one. */
export interface Sequence<T> extends Iterable<T> {
  readonly length: number
}

export const sequence = <T>(length: number, items: () => Iterator<T>): Sequence<T> => ({
  length,
  [Symbol.iterator]: items,
})
