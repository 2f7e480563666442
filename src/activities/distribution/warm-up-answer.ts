/** The answer of one JVM of a warm-up, as Probe.java writes it. Containers of jobs can write it too, so nothing in it is believed. */
import { SluiceError } from '../../domain/errors/errors.ts';
import { clip } from '../../domain/values/clip.ts';

export type Answer = Readonly<Record<string, string>>;

const MOST_SHOWN = 500;

export function parseAnswer(text: string): Answer {
  const lines = text.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), clip(line.slice(at + 1), MOST_SHOWN)];
    }),
  );
}

/** The fingerprint stands in a script that the containers of all jobs run. @throws SluiceError `WarmUpFailed`. */
export const fingerprintOf = (answer: Answer): string => checked(answer, 'fingerprint', /^\d{1,20}-\d{1,20}$/);

/** @throws SluiceError `WarmUpFailed`. */
export const countOf = (answer: Answer, name: 'size' | 'classes'): number =>
  Number(checked(answer, name, /^\d{1,15}$/));

/** The name and version of the JVM. @throws SluiceError `WarmUpFailed`. */
export const javaOf = (answer: Answer): string => checked(answer, 'java', /^[\w .,+()/@:-]{1,120}$/);

function checked(answer: Answer, name: string, pattern: RegExp): string {
  const value = answer[name] ?? '';
  if (pattern.test(value)) return value;
  const why = `the answer of a JVM has the ${name} ${JSON.stringify(value)}, which no JVM writes; warm the cluster again`;
  throw new SluiceError('WarmUpFailed', why);
}
