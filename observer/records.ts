// Reads the jobs' own records: one JSON line each, appended by the instance that was running.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { z } from 'zod';

const Origin = z.object({
  job: z.string(),
  deployment: z.number().int().nullable(),
  /** The YARN application id. A job that fails over inside its application keeps it. */
  instance: z.string(),
  emittedAt: z.iso.datetime(),
  restoredFrom: z.string().nullable(),
  version: z.string().optional(),
});

const EmittedRecord = Origin.extend({
  seq: z.number().int().nonnegative(),
  attempt: z.number().int().nonnegative().optional(),
  stateError: z.string().optional(),
});
/** A record that a job wrote about itself. */
export type EmittedRecord = z.infer<typeof EmittedRecord>;

const EchoedArguments = Origin.extend({ args: z.array(z.string()) });
/** The arguments of an instance, which it writes when it is started with `--echo-args true`. */
export type EchoedArguments = z.infer<typeof EchoedArguments>;

const Line = z.union([EmittedRecord, EchoedArguments]);

/** Selects lines of the file. */
export interface LineFilter {
  /** Selects the lines of this job. */
  readonly job?: string;
  /** Selects the lines after this offset in bytes, as `endOfFile` returned it. */
  readonly from?: number;
}

/** A complete line is neither a record nor arguments. */
export class UnreadableLineError extends Error {}

/** Yields the records of a file in the order in which they were appended. Skips an incomplete last line. */
export async function* readRecords(file: string, filter: LineFilter = {}): AsyncGenerator<EmittedRecord, void> {
  for await (const line of readLines(file, filter)) if ('seq' in line) yield line;
}

/** Returns the echoed arguments, oldest first. */
export async function readEchoedArguments(file: string, filter: LineFilter = {}): Promise<EchoedArguments[]> {
  const echoed: EchoedArguments[] = [];
  for await (const line of readLines(file, filter)) if ('args' in line) echoed.push(line);
  return echoed;
}

/** Returns the length of the file in bytes, or 0 before the first write. */
export async function endOfFile(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    if (isMissing(cause)) return 0;
    throw cause;
  }
}

async function* readLines(file: string, { job, from = 0 }: LineFilter) {
  let number = 0;
  for await (const text of completeLines(file, from)) {
    number += 1;
    const line = parseLine(text, number, file);
    if (job === undefined || line.job === job) yield line;
  }
}

async function* completeLines(file: string, from: number) {
  let rest = '';
  try {
    const chunks: AsyncIterable<string> = createReadStream(file, { encoding: 'utf8', start: from });
    for await (const chunk of chunks) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield line;
    }
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
  }
}

function parseLine(text: string, number: number, file: string) {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw unreadable(text, number, file, cause);
  }
  const line = Line.safeParse(json);
  if (!line.success) throw unreadable(text, number, file, line.error);
  return line.data;
}

function unreadable(text: string, number: number, file: string, cause: unknown): UnreadableLineError {
  const where = `line ${number} of those read from ${file}`;
  return new UnreadableLineError(`${where} is not a record; did something else write there? ${text.slice(0, 200)}`, {
    cause,
  });
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
