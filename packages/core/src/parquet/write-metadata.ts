import type { LeafType } from "./write.ts"

/** A column as the `huggingface` and `pandas` keys describe it. */
export interface DescribedColumn {
  name: string
  type: LeafType
  depth?: number
  /** Fixed length of a vector; a list of any length without it. */
  length?: number
}

/**
 * The `huggingface` key: `{"info": {"features": …}}`.
 *
 * @param listTag `List` since `datasets` 4; older readers know only `Sequence`.
 */
export const huggingfaceFeatures = (columns: readonly DescribedColumn[], listTag: "List" | "Sequence" = "List") => ({
  info: {
    features: Object.fromEntries(
      columns.map(({ name, type, depth = 0, length }) => [name, feature(type, depth, length, listTag)]),
    ),
  },
})

function feature(type: LeafType, depth: number, length: number | undefined, listTag: string): object {
  if (depth === 0) return type === "image" ? { _type: "Image" } : { dtype: type, _type: "Value" }
  const inner = feature(type, depth - 1, undefined, listTag)
  return length === undefined ? { feature: inner, _type: listTag } : { feature: inner, length, _type: listTag }
}

/**
 * The `pandas` key. `index` names the text column that `pandas.read_parquet` must give back as the frame's index:
 * without it every task text silently becomes a row number.
 */
export function pandasMetadata(columns: readonly DescribedColumn[], index?: string) {
  return {
    index_columns: index === undefined ? [] : [index],
    column_indexes: [
      {
        name: null,
        field_name: null,
        pandas_type: "unicode",
        numpy_type: "object",
        metadata: { encoding: "UTF-8" },
      },
    ],
    columns: columns.map(({ name, type, depth = 0 }) => ({
      // pandas' own placeholder for an index that has no name
      name: name === "__index_level_0__" ? null : name,
      field_name: name,
      pandas_type: pandasType(type, depth),
      numpy_type: depth > 0 || type === "string" || type === "image" ? "object" : type,
      metadata: null,
    })),
    attributes: {},
    creator: { library: "pyarrow", version: "21.0.0" },
    pandas_version: "2.3.3",
  }
}

function pandasType(type: LeafType, depth: number): string {
  if (depth > 0) return `list[${pandasType(type, depth - 1)}]`
  if (type === "string") return "unicode"
  return type === "image" ? "object" : type
}
