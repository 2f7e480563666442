/** Causes name why something failed, by its signs. The functions are pure, so that texts seen in real failures test them. */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { keysOf } from '../values/keys-of.ts';
import { clip } from '../values/clip.ts';
import { causeRows, causes, type CauseClass, type Sign } from './causes.ts';
import type { ErrorCode } from './errors.ts';
import { redact } from '../secrets/redact.ts';

const classes = keysOf(causes);

export const causeLimits = { evidence: 200, meaning: 160, whatToDo: 220 } as const;

/** The cause of a failure as an activity reports it; only this much travels through Temporal. */
export const Cause = z.strictObject({
  class: openEnum(classes, 'unknown'),
  /** The line that shows the cause, from Flink's exception, YARN's diagnostics or a log; redacted. */
  evidence: z.string().max(causeLimits.evidence),
});
export type Cause = z.infer<typeof Cause>;

/** Everything that was seen of a failure; a source that did not answer is absent. */
export interface Evidence {
  readonly code?: ErrorCode;
  /** The message of the error, which is the evidence if there is no other. */
  readonly detail?: string;
  /** Stack traces from Flink's REST API, newest first. */
  readonly exceptions?: readonly string[];
  /** Diagnostics of YARN. */
  readonly yarn?: string;
  /** The last observation before Sluice stopped waiting. */
  readonly seen?: string;
  /** Ends of logs and error streams. */
  readonly logs?: readonly string[];
}

/** Words a failed checkpoint, which Flink reports without a stack, like an exception. */
export const checkpointFailure = (message: string): string =>
  `org.apache.flink.runtime.checkpoint.CheckpointException: ${message}`;

/** Names the cause of a failure. The result is for people only; no decision depends on it. */
export function classify({ code, detail = '', exceptions = [], yarn = '', seen = '', logs = [] }: Evidence): Cause {
  const chain = exceptions.flatMap(chainOf);
  const direct: Signs = { chain, yarn, seen, logs: [] };
  // A log also has failures that the job overcame long ago, so better evidence comes first.
  const inLogs: Signs = { ...direct, logs };
  const cause =
    firstOf(direct, 'itself') ??
    (exceptions.length > 0 ? null : thrownLast(logs)) ??
    firstOf(inLogs, 'itself') ??
    byCode(code, detail, 'itself') ??
    quoting(firstOf(inLogs, 'after-effect'), logs);
  if (cause) return cause;
  const last = chain.at(-1);
  const words = last ? spoken(last) : (lineOf(yarn) ?? detail);
  return byCode(code, words, 'after-effect') ?? causeOf('unknown', words);
}

const QUOTED = 'its log ends with ';

/** Adds to the exit of a container the last exception of its log, which says why it exited. */
function quoting(cause: Cause | null, logs: readonly string[]): Cause | null {
  if (cause?.class !== 'containerExited') return cause;
  const trace = logs.flatMap(tracesOf)[0];
  const thrown = trace === undefined ? undefined : chainOf(trace).at(-1);
  return thrown === undefined ? cause : causeOf(cause.class, `${QUOTED}${spoken(thrown)}; ${cause.evidence}`);
}

/** Chooses the cause that says more; the first wins a tie, unless only the other one quotes a log. */
export function betterOf<A extends Cause | null, B extends Cause | null>(one: A, other: B): A | B {
  if (one === null || other === null) return one ?? other;
  const quotes = ({ evidence }: Cause): boolean => evidence.startsWith(QUOTED);
  if (one.class === other.class && quotes(other) && !quotes(one)) return other;
  return isAfterEffect(one.class) && rank(other.class) < rank(one.class) ? other : one;
}

const rank = (name: CauseClass): number => (isAfterEffect(name) ? 1_000 : 0) + classes.indexOf(name);

/** Tells whether a class only follows from another cause. */
export const isAfterEffect = (name: CauseClass): boolean => 'isAfterEffect' in causes[name];

type Strength = 'itself' | 'after-effect';

interface Signs {
  readonly chain: readonly Thrown[];
  readonly yarn: string;
  readonly seen: string;
  readonly logs: readonly string[];
}

function firstOf(evidence: Signs, strength: Strength): Cause | null {
  for (const [name, { signs = [] }] of causeRows) {
    if (isAfterEffect(name) !== (strength === 'after-effect')) continue;
    for (const sign of signs) {
      const line = lineOfSign(sign, evidence);
      if (line !== null) return causeOf(name, line);
    }
  }
  return null;
}

function byCode(code: ErrorCode | undefined, evidence: string, strength: Strength): Cause | null {
  const row = causeRows.find(([, { codes = [] }]) => code !== undefined && codes.includes(code));
  if (!row || isAfterEffect(row[0]) !== (strength === 'after-effect')) return null;
  return causeOf(row[0], evidence);
}

const causeOf = (name: CauseClass, evidence: string): Cause => ({
  class: name,
  evidence: clip(redact(evidence.replaceAll(/\p{Cc}+/gu, ' ').trim()), causeLimits.evidence),
});

/** Characters that stay before the match in a long text. */
const AROUND = causeLimits.evidence / 4;

/** Finds the line that has the sign, or null. */
function lineOfSign(sign: Sign, { chain, yarn, seen, logs }: Signs): string | null {
  if ('yarn' in sign) return lineWith(sign.yarn, yarn);
  if ('seen' in sign) return lineWith(sign.seen, seen);
  if ('log' in sign) return logs.map((log) => lineWith(sign.log, log)).find((line) => line !== null) ?? null;
  const { exception, says, beside } = sign;
  if (beside !== undefined && !chain.some(({ name }) => name === beside)) return null;
  // The deepest exception of the chain says most.
  const thrown = chain.findLast(
    ({ name, message }) => (exception === '*' || name === exception) && (says === undefined || says.test(message)),
  );
  return thrown ? excerptOf(thrown, says) : null;
}

/** Quotes an exception; a long text is cut to the surroundings of the match. */
function excerptOf(thrown: Thrown, says: RegExp | undefined): string {
  const text = spoken(thrown);
  const match = says?.exec(text);
  if (!match || match.index + match[0].length <= causeLimits.evidence) return text;
  return match.index <= AROUND ? text : `${thrown.name}: … ${text.slice(match.index - AROUND).replace(/^\S*\s/, '')}`;
}

/** An exception of a chain of causes. */
interface Thrown {
  /** The class name without package and outer class. */
  readonly name: string;
  readonly message: string;
}

const spoken = ({ name, message }: Thrown): string => (message === '' ? name : `${name}: ${message}`);

const HEAD = /^(?:Caused by: |Suppressed: )?((?:[a-z][\w$]*\.)+[\w$]+)(?:: ([\s\S]*))?$/;

/** Finds the last telling stack trace in the logs of a JobManager that ended before Sluice could ask it. */
function thrownLast(logs: readonly string[]): Cause | null {
  for (const trace of logs.flatMap(tracesOf)) {
    const cause = firstOf({ chain: chainOf(trace), yarn: '', seen: '', logs: [] }, 'itself');
    if (cause) return cause;
  }
  return null;
}

/** Splits a log into stack traces, the last one first; each begins with an exception's name at the start of a line. */
const tracesOf = (log: string): string[] =>
  log
    .split(/\n(?=(?!Caused by: )(?:[a-z][\w$]*\.)+[\w$]+(?::|\n))/)
    .slice(1)
    .reverse();

/** Reads the chain of causes from a stack trace of Java. An exception that only a message names counts too. */
function chainOf(stack: string): Thrown[] {
  const heads = stack
    .split(/\n(?=Caused by: |\s*Suppressed: )/)
    .map((part) => part.split(/\n\s+(?:at |\.\.\. \d+ more)/)[0] ?? '');
  const chain: Thrown[] = [];
  for (const head of heads) {
    let text = head.trim();
    for (let match = HEAD.exec(text); match; match = HEAD.exec(text)) {
      text = (match[2] ?? '').trim();
      chain.push({ name: (match[1] ?? '').replace(/^.*[.$]/, ''), message: text });
    }
  }
  return chain;
}

/** Finds the line that matches a pattern; a long line is cut to the surroundings of the match. */
function lineWith(pattern: RegExp, text: string): string | null {
  const match = pattern.exec(text);
  if (!match) return null;
  const from = text.lastIndexOf('\n', match.index) + 1;
  const end = text.indexOf('\n', match.index);
  const line = text.slice(from, end === -1 ? undefined : end);
  const at = match.index - from;
  return at < causeLimits.evidence / 2 ? line : `… ${line.slice(at - AROUND).replace(/^\S*\s/, '')}`;
}

const lineOf = (text: string): string | null => text.split('\n').find((line) => line.trim() !== '') ?? null;
