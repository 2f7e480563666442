/** Words about drills. The file imports no schema, because the console reads it in a browser. */
import { formatDuration } from '../../input/durations.ts';

interface Told {
  readonly outcome: string;
  readonly downMs: number | null;
  readonly repeatedMs: number | null;
}

const inSeconds = (ms: number): string => formatDuration(Math.round(ms / 1_000) * 1_000);

/** The drill in a few words, for people. */
export function drillInWords({ outcome, downMs, repeatedMs }: Told): string {
  const down = downMs === null ? 'it did not run elsewhere' : `at most ${inSeconds(downMs)} without an instance`;
  const repeated = repeatedMs === null ? '' : `, the work of at least ${inSeconds(repeatedMs)} done again`;
  return `${outcome}: ${down}${repeated}`;
}
