/** The keys of a table that is written as an object, in the type that `z.enum` takes. */

/** The table's keys in the order of its rows. The compiler sees only `string[]`; a table has a first row. */
export const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as [K, ...K[]];
