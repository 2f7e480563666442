/** Reads a unified diff into lines with their numbers. A gap between hunks is a line that says how much is left out. */

export interface DiffLine {
  readonly kind: 'add' | 'drop' | 'same' | 'gap';
  readonly before: number | null;
  readonly after: number | null;
  readonly text: string;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

export function diffLines(text: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let [before, after] = [1, 1];
  let isInside = false;
  for (const line of text.split('\n')) {
    const [, from, to] = HUNK.exec(line) ?? [];
    if (from !== undefined && to !== undefined) {
      const left = Number(from) - before;
      if (left > 0) lines.push(gap(left));
      [before, after, isInside] = [Number(from), Number(to), true];
    } else if (isInside && /^[-+ ]/.test(line)) {
      const isOld = line[0] !== '+';
      const isNew = line[0] !== '-';
      const kind = isOld && isNew ? 'same' : isNew ? 'add' : 'drop';
      lines.push({ kind, before: isOld ? before : null, after: isNew ? after : null, text: line.slice(1) });
      before += Number(isOld);
      after += Number(isNew);
    }
  }
  return lines;
}

const gap = (count: number): DiffLine => ({
  kind: 'gap',
  before: null,
  after: null,
  text: `${count} unchanged ${count === 1 ? 'line' : 'lines'}`,
});
