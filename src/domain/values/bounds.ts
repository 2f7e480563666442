/**
 * Bounds of values that somebody else has made. They are measured level by level, because a recursion over a deeply nested
 * value ends in a RangeError, and a RangeError in a workflow fails all its later tasks.
 */

export interface Bounds {
  /** Levels of lists and maps inside each other; `[[1]]` has two. */
  readonly levels: number;
  /** Characters of all keys and texts together; every other value counts as one. */
  readonly characters: number;
}

/** Tells how a JSON value exceeds the bounds, as a predicate such as "nests deeper than 32 levels"; null when it fits. */
export function excessOf(value: unknown, { levels, characters }: Bounds): string | null {
  let size = 0;
  let members: readonly unknown[] = [value];
  for (let level = 0; members.length > 0; level += 1) {
    const inner: unknown[] = [];
    for (const member of members) {
      size += sizeOf(member);
      if (size > characters) return `holds more than ${characters} characters`;
      if (typeof member !== 'object' || member === null || ArrayBuffer.isView(member)) continue;
      if (level >= levels) return `nests deeper than ${levels} levels`;
      for (const child of Object.values(member)) inner.push(child);
    }
    members = inner;
  }
  return null;
}

/** Counts what a value holds itself, without its members. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (Array.isArray(value)) return 1;
  return Object.keys(value).reduce((sum, key) => sum + key.length, 1);
}
