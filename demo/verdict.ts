/** Prints the observer's verdict. The observer asked YARN and read the records, and never asked Sluice. */
import pc from 'picocolors';
import type { Observation } from '../observer/observer.ts';
import { say, seconds, title } from './terminal.ts';

type Conclusion = Awaited<ReturnType<Observation['conclude']>>;

/** Prints the verdict. Returns whether every promise was kept. */
export function sayVerdict({ sound, sentence, problems, records, applications }: Conclusion): boolean {
  title("The observer's verdict: it reads YARN and the job's records, and never asks Sluice");
  if (!sound || records === undefined) {
    say(`  ${pc.red(sentence)}`);
    for (const problem of problems) say(`  - ${problem}`);
    return false;
  }
  const { lost, repeated } = records;
  say(`  ${pc.green(pc.bold(`one instance at every moment, ${lost.count} lost, ${repeated.count} repeated`))}`);
  say(`  ${sentence}; YARN answered ${applications.answered} times`);
  for (const { version, instance, seqs, restoredFrom } of records.instances) {
    const origin = restoredFrom === null ? 'from nothing' : `from ${restoredFrom.split('/').at(-1) ?? restoredFrom}`;
    say(pc.dim(`  ${version ?? ''} wrote ${seqs.from} to ${seqs.to} as ${instance}, ${origin}`));
  }
  for (const [index, { firstEmittedAt }] of records.instances.entries()) {
    const before = records.instances[index - 1];
    if (before === undefined) continue;
    const pause = Date.parse(firstEmittedAt) - Date.parse(before.lastEmittedAt);
    say(
      pc.dim(
        `  ${seconds(pause)} without a record between ${before.version ?? ''} and ${records.instances[index]?.version ?? ''}`,
      ),
    );
  }
  return true;
}
