/** Naming the cause of a failure by what shows it: pure, so that a table of texts that were really seen tells each case. */
import { z } from 'zod';
import { keysOf } from '../input/keys-of.ts';
import { clip } from '../input/clip.ts';
import { causeRows, causes, type CauseClass, type Sign } from './causes.ts';
import type { ErrorCode } from './errors.ts';
import { redact } from '../secrets/redact.ts';

const classes = keysOf(causes);

export const causeLimits = { evidence: 200, meaning: 160, whatToDo: 220 } as const;

/** What an activity says of a failure; only this much travels through Temporal. */
export const Cause = z.object({
  // A class of a release to come is no reason to believe nothing else of a record.
  class: z.enum(classes).catch('unknown'),
  /** The line that shows it: of Flink's exception, of YARN's diagnostics or of a log; redacted. */
  evidence: z.string().max(causeLimits.evidence),
});
export type Cause = z.infer<typeof Cause>;

/** Everything that was seen of a failure; what is not there was not to be had. */
export interface Evidence {
  readonly code?: ErrorCode;
  /** What the error says in words; the evidence of last resort. */
  readonly detail?: string;
  /** Stack traces as Flink's REST API tells them, newest first. */
  readonly exceptions?: readonly string[];
  /** Diagnostics of YARN. */
  readonly yarn?: string;
  /** What was seen when nobody waited any longer. */
  readonly seen?: string;
  /** Ends of logs and error streams. */
  readonly logs?: readonly string[];
}

/** A failure that Flink tells of a checkpoint without its stack. */
export const checkpointFailure = (message: string): string =>
  `org.apache.flink.runtime.checkpoint.CheckpointException: ${message}`;

/** Never decides anything: what is done about a failure does not depend on its words. */
export function classify({ code, detail = '', exceptions = [], yarn = '', seen = '', logs = [] }: Evidence): Cause {
  const chain = exceptions.flatMap(chainOf);
  const shown: Shown = { chain, yarn, seen, logs: [] };
  // A log also holds what was overcome long ago: it is asked only where nothing better is known.
  const inLogs: Shown = { ...shown, logs };
  const found =
    firstOf(shown, 'itself') ??
    (exceptions.length > 0 ? null : thrownLast(logs)) ??
    firstOf(inLogs, 'itself') ??
    byCode(code, detail, 'itself') ??
    firstOf(inLogs, 'after-effect');
  if (found) return found;
  const last = chain.at(-1);
  const said = last ? spoken(last) : (lineOf(yarn) ?? detail);
  return byCode(code, said, 'after-effect') ?? causeOf('unknown', said);
}

/** The one that says more; of two that say as much, the first. */
export function betterOf<A extends Cause | null, B extends Cause | null>(one: A, other: B): A | B {
  if (one === null || other === null) return one ?? other;
  return isAfterEffect(one.class) && rank(other.class) < rank(one.class) ? other : one;
}

const rank = (name: CauseClass): number => (isAfterEffect(name) ? 1_000 : 0) + classes.indexOf(name);

/** Whether it only tells what followed from something else. */
export const isAfterEffect = (name: CauseClass): boolean => 'isAfterEffect' in causes[name];

type Strength = 'itself' | 'after-effect';

interface Shown {
  readonly chain: readonly Thrown[];
  readonly yarn: string;
  readonly seen: string;
  readonly logs: readonly string[];
}

function firstOf(shown: Shown, strength: Strength): Cause | null {
  for (const [name, { signs = [] }] of causeRows) {
    if (isAfterEffect(name) !== (strength === 'after-effect')) continue;
    for (const sign of signs) {
      const line = shownBy(sign, shown);
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

/** Characters of a long text before what was looked for in it. */
const AROUND = causeLimits.evidence / 4;

/** The line by which a sign shows itself, or null. */
function shownBy(sign: Sign, { chain, yarn, seen, logs }: Shown): string | null {
  if ('yarn' in sign) return lineWith(sign.yarn, yarn);
  if ('seen' in sign) return lineWith(sign.seen, seen);
  if ('log' in sign) return logs.map((log) => lineWith(sign.log, log)).find((line) => line !== null) ?? null;
  const { exception, says, beside } = sign;
  if (beside !== undefined && !chain.some(({ name }) => name === beside)) return null;
  // The deepest one says most.
  const thrown = chain.findLast(
    ({ name, message }) => (exception === '*' || name === exception) && (says === undefined || says.test(message)),
  );
  return thrown ? excerptOf(thrown, says) : null;
}

/** What an exception says; of a long text, what is around the words that were looked for. */
function excerptOf(thrown: Thrown, says: RegExp | undefined): string {
  const text = spoken(thrown);
  const found = says?.exec(text);
  if (!found || found.index + found[0].length <= causeLimits.evidence) return text;
  return found.index <= AROUND ? text : `${thrown.name}: … ${text.slice(found.index - AROUND).replace(/^\S*\s/, '')}`;
}

/** One exception of a chain of causes. */
interface Thrown {
  /** Without package and outer class. */
  readonly name: string;
  readonly message: string;
}

const spoken = ({ name, message }: Thrown): string => (message === '' ? name : `${name}: ${message}`);

const HEAD = /^(?:Caused by: |Suppressed: )?((?:[a-z][\w$]*\.)+[\w$]+)(?:: ([\s\S]*))?$/;

/** What a JobManager threw that ended before anybody could ask it: the last trace of its logs that says something. */
function thrownLast(logs: readonly string[]): Cause | null {
  for (const trace of logs.flatMap(tracesOf)) {
    const cause = firstOf({ chain: chainOf(trace), yarn: '', seen: '', logs: [] }, 'itself');
    if (cause) return cause;
  }
  return null;
}

/** The stack traces of a log, the last one first: each begins with the name of an exception at the beginning of a line. */
const tracesOf = (log: string): string[] =>
  log
    .split(/\n(?=(?!Caused by: )(?:[a-z][\w$]*\.)+[\w$]+(?::|\n))/)
    .slice(1)
    .reverse();

/** The chain of causes of a stack trace as Java prints it; an exception that is only named in a message counts too. */
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

/** The line in which a pattern is found; of a long one, what is around it. */
function lineWith(pattern: RegExp, text: string): string | null {
  const found = pattern.exec(text);
  if (!found) return null;
  const from = text.lastIndexOf('\n', found.index) + 1;
  const end = text.indexOf('\n', found.index);
  const line = text.slice(from, end === -1 ? undefined : end);
  const at = found.index - from;
  return at < causeLimits.evidence / 2 ? line : `… ${line.slice(at - AROUND).replace(/^\S*\s/, '')}`;
}

const lineOf = (text: string): string | null => text.split('\n').find((line) => line.trim() !== '') ?? null;
