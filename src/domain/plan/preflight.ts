/** What is looked at before a start: by the operation itself, and by the plan of one, which then ends. */
import { z } from 'zod';
import { errorTable, SluiceError, type ErrorCode } from '../errors/errors.ts';
import { keysOf } from '../values/keys-of.ts';

/** One sentence for people: what is true where the check passes. The order is that in which problems are told. */
export const preflights = {
  state: 'The job is free, and in a state that allows the operation.',
  release: 'What is to be started exists, its deployment file is valid, and the hotfix fits it.',
  cluster: 'The cluster is one of those that are configured.',
  flinkVersion: 'The version of Flink is provided.',
  launcher: 'The cluster offers the launcher.',
  configuration: 'The effective configuration can be made, and the memory divided.',
  stop: 'What runs can be stopped as asked for, with its state.',
  restorePoint: 'The restore point is there and complete, and no newer state is thrown away unasked.',
  stateRisk: 'Flink can read that state.',
  queue: 'The queue is there and takes applications.',
  resources: 'What is asked for fits the cluster, and each container its largest one.',
  instances: 'No other application of the job lives on any cluster.',
  jar: 'The JAR is the one that was published, and contains the entry class.',
} as const;

export type Preflight = keyof typeof preflights;

const names = keysOf(preflights);

export const CheckResult = z.object({
  name: z.enum(names),
  ok: z.boolean(),
  code: z.string().nullable().describe('Code of the error with which the operation would end; null where all is well'),
  message: z.string().describe('What is true, or what is wrong and why'),
  hint: z.string().nullable().describe('What to do; null where all is well'),
});
export type CheckResult = z.infer<typeof CheckResult>;

export const passed = (name: Preflight): CheckResult => ({
  name,
  ok: true,
  code: null,
  message: preflights[name],
  hint: null,
});

export const refused = (name: Preflight, code: ErrorCode, message: string): CheckResult => ({
  name,
  ok: false,
  code,
  message,
  hint: errorTable[code].hint,
});

/** A check that did not pass. */
export interface Problem {
  readonly name: Preflight;
  readonly error: SluiceError;
}

/**
 * The one error of an operation whose checks found several problems: the first that no second try would mend, else the
 * first, in the order of the table; the others are told with it.
 */
export function jointError(problems: readonly Problem[]): SluiceError | null {
  const byTable = [...problems].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  const first = byTable.find(({ error }) => !errorTable[error.code].retry) ?? byTable[0];
  if (!first) return null;
  // A cluster that is silent is so whatever it is asked.
  const others = byTable.filter(
    ({ error }) => error !== first.error && !(error.code === first.error.code && errorTable[error.code].retry),
  );
  if (others.length === 0) return first.error;
  const { code, message, errors, why } = first.error;
  const also = others.map(({ error }) => `${error.code}: ${error.message}`).join('; ');
  return new SluiceError(code, `${message}; and ${also}`, { cause: first.error, errors, ...(why ? { why } : {}) });
}

/** What was looked at, and what was found wrong; anything but an error of Sluice's is a defect and thrown. */
export function newFindings() {
  const looked: Preflight[] = [];
  const problems: Problem[] = [];
  const of = async <T>(name: Preflight, look: () => T | Promise<T>): Promise<T | null> => {
    looked.push(name);
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      problems.push({ name, error });
      return null;
    }
  };
  return { looked, problems, of };
}
