/** Reads a unified diff into lines with their numbers. A gap between hunks is a line that says how much is left out. */

export interface DiffLine {
  readonly kind: 'add' | 'drop' | 'same' | 'gap';
  readonly before: number | null;
  readonly after: number | null;
  readonly text: string;
  /** The part that differs from the line on the other side; absent where no such line is there. */
  readonly changed?: readonly [from: number, to: number];
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
      if (left > 0) lines.push(gap(`${left} unchanged ${left === 1 ? 'line' : 'lines'}`));
      [before, after, isInside] = [Number(from), Number(to), true];
    } else if (isInside && /^[-+ ]/.test(line)) {
      const isOld = line[0] !== '+';
      const isNew = line[0] !== '-';
      const kind = isOld && isNew ? 'same' : isNew ? 'add' : 'drop';
      lines.push({ kind, before: isOld ? before : null, after: isNew ? after : null, text: line.slice(1) });
      before += Number(isOld);
      after += Number(isNew);
    } else if (isInside && line.startsWith('\\')) lines.push(gap('no line break at the end'));
    // The API says so where it has cut a diff that is too long.
    else if (isInside && line.startsWith('… ')) lines.push(gap(line.slice(2)));
  }
  return withParts(lines);
}

const gap = (text: string): DiffLine => ({ kind: 'gap', before: null, after: null, text });

/** How many lines a diff adds and drops. */
export function diffCounts(lines: readonly DiffLine[]): { readonly added: number; readonly removed: number } {
  const count = (wanted: DiffLine['kind']): number => lines.filter(({ kind }) => kind === wanted).length;
  return { added: count('add'), removed: count('drop') };
}

/** Marks what differs in lines that stand for each other: the first dropped one and the first added one, and so on. */
function withParts(lines: readonly DiffLine[]): readonly DiffLine[] {
  const result = [...lines];
  for (let at = 0; at < lines.length; at += 1) {
    const drops = runOf(lines, at, 'drop');
    const adds = runOf(lines, at + drops, 'add');
    for (let place = 0; place < Math.min(drops, adds); place += 1) {
      const [old, now] = [lines[at + place], lines[at + drops + place]];
      const parts = old && now && partsOf(old.text, now.text);
      if (!parts) continue;
      result[at + place] = { ...old, changed: parts[0] };
      result[at + drops + place] = { ...now, changed: parts[1] };
    }
    at += Math.max(0, drops + adds - 1);
  }
  return result;
}

function runOf(lines: readonly DiffLine[], from: number, kind: DiffLine['kind']): number {
  let end = from;
  while (lines[end]?.kind === kind) end += 1;
  return end - from;
}

type Part = readonly [from: number, to: number];

/** The parts between what both lines begin and end with; null for lines that have nothing else than spaces in common. */
function partsOf(old: string, now: string): readonly [Part, Part] | null {
  const shorter = Math.min(old.length, now.length);
  let from = 0;
  while (from < shorter && old[from] === now[from]) from += 1;
  let tail = 0;
  while (tail < shorter - from && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  const shared = old.slice(0, from) + old.slice(old.length - tail);
  if (shared.trim() === '') return null;
  return [
    [from, old.length - tail],
    [from, now.length - tail],
  ];
}
