type Flat = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/**
 * The same numbers in an array of `length`, zeros behind them. The memory of the one given, which is empty from then on, is
 * free at once and not only after a collection.
 */
export function grown<A extends Flat>(array: A, length: number): A {
  const buffer = array.buffer.transfer(length * array.BYTES_PER_ELEMENT)
  return new (array.constructor as new (buffer: ArrayBuffer) => A)(buffer)
}
