/** Preflight checks run before a start: in the operation itself, and in its plan, which ends after them. */
import { z } from 'zod';
import { errorTable, SluiceError, type ErrorCode } from '../errors/errors.ts';
import { keysOf } from '../values/keys-of.ts';

/** Each sentence says what is true when the check passes. Problems are told in the order of the table. */
export const preflights = {
  state: 'The job is free, and its state allows the operation.',
  release: 'The release exists, its deployment file is valid, and the hotfix fits it.',
  owner: 'The job belongs to the project, the owner team and the environment of the release.',
  fenced: 'The old instance is known to end by itself, or the asker accepts that it may still run.',
  cluster: 'The cluster is configured.',
  cordon: 'The cluster takes new starts: nobody has cordoned it.',
  flinkVersion: 'The platform provides the Flink version.',
  launcher: 'The cluster offers the launcher. Every launcher needs submission over REST, which only a start tries.',
  configuration: 'The effective configuration is valid, and the memory is enough for its parts.',
  stop: 'The running instance can be stopped as the request says, with its state.',
  ownState: 'The restore point belongs to the job, or the state of another job was asked for.',
  restorePoint: 'The restore point exists and is complete, and no newer state is lost unasked.',
  stateRisk: 'Flink can read the state.',
  queue: 'The queue takes applications or can be created, and may use the node labels.',
  resources: 'The containers fit the largest one that the cluster allows, and all of them fit the cluster.',
  handover: 'The next application can come up beside the old one, or the file does not insist on it.',
  instances: 'No other application of the job lives on any cluster.',
  jar: "The JARs and files are those that were published, and the job's JAR contains the entry class.",
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
 * Joins the problems of an operation's checks into one error: the first problem that a second try would not mend,
 * otherwise the first, in the order of the table. The error lists the others too.
 */
export function jointError(problems: readonly Problem[]): SluiceError | null {
  const byTable = [...problems].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  const first = byTable.find(({ error }) => !errorTable[error.code].retry) ?? byTable[0];
  if (!first) return null;
  // A silent cluster gives the same problem to each question, so one mention suffices.
  const others = byTable.filter(
    ({ error }) => error !== first.error && !(error.code === first.error.code && errorTable[error.code].retry),
  );
  if (others.length === 0) return first.error;
  const { code, message, errors, why } = first.error;
  const also = others.map(({ error }) => `${error.code}: ${error.message}`).join('; ');
  return new SluiceError(code, `${message}; and ${also}`, { cause: first.error, errors, ...(why ? { why } : {}) });
}

/** Collects the checks that ran and their problems. An error that is not Sluice's own is a defect and is thrown. */
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
