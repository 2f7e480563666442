/**
 * Notes: the record that the watcher of a cluster keeps in its heartbeats, a few bytes for each application. They say which
 * fact the watcher sent last about each application, so that its successor repeats none, and how old its view is.
 */
import { z } from 'zod';
import { readTolerantly } from '../compatibility/tolerant.ts';
import { isAlive, marks, type Mark } from './health.ts';

export interface WatchNotes {
  /** Every application noted as answering was seen at this time or later; null while none is. */
  readonly seenAt: number | null;
  /** When the watcher last listed the jobs that should run on this cluster. */
  readonly sweptAt: number | null;
  readonly applications: ReadonlyMap<string, Note>;
  /** Jobs whose schedule the last sweep could not put right. */
  readonly owed: readonly string[];
  /** Complaints about single jobs and applications, for people. */
  readonly complaints: readonly string[];
  /** The time of the newest sign of life that the watcher has read, by the clock of S3; null while it has read none. */
  readonly signsAt: number | null;
}

export interface Note {
  readonly mark: Mark;
  /** Whether its JobManager answered the last time. */
  readonly answers: boolean;
  /** When its newest checkpoint completed, in milliseconds since 1970, to the second; absent while none is known. */
  readonly checkpointAt?: number;
}

export const emptyNotes: WatchNotes = {
  seenAt: null,
  sweptAt: null,
  applications: new Map(),
  owed: [],
  complaints: [],
  signsAt: null,
};

/** The form in heartbeats: `{"1700000000000": "1h 2h 17n?"}` are three applications of one start of a ResourceManager. */
export const NotesSchema = z.strictObject({
  version: z.literal(1),
  seenAt: z.number().nullable(),
  sweptAt: z.number().nullable(),
  applications: z.record(z.string(), z.string()),
  owed: z.array(z.string()).default([]),
  complaints: z.array(z.string()).default([]),
  /** The times of the newest checkpoints, in seconds in base 36: `{"1700000000000": "1:t6k2o0 2:t6k2p4"}`. */
  checkpoints: z.record(z.string(), z.string()).default({}),
  signsAt: z.number().nullable().default(null),
});
export type WrittenNotes = z.infer<typeof NotesSchema>;

const APPLICATION_ID = /^application_(\d+)_(\d+)$/;
const TIME = /^(\d+):([0-9a-z]{1,8})$/;
const NOTE = /^(\d+)([a-z])(\??)$/;

/** Jobs in the notes; the next operation of a job beyond them puts its schedule right. */
const MOST_OWED = 200;

export function writeNotes({ seenAt, sweptAt, applications, owed, complaints, signsAt }: WatchNotes): WrittenNotes {
  const groups: Record<string, string[]> = {};
  const times: Record<string, string[]> = {};
  for (const [id, { mark, answers, checkpointAt }] of applications) {
    const [, started, number] = APPLICATION_ID.exec(id) ?? [];
    if (started === undefined) continue;
    (groups[started] ??= []).push(`${Number(number)}${mark}${answers ? '' : '?'}`);
    if (checkpointAt === undefined) continue;
    (times[started] ??= []).push(`${Number(number)}:${Math.floor(checkpointAt / 1000).toString(36)}`);
  }
  return {
    version: 1,
    seenAt,
    sweptAt,
    applications: joined(groups),
    checkpoints: joined(times),
    owed: owed.slice(0, MOST_OWED),
    complaints: [...complaints],
    signsAt,
  };
}

const joined = (groups: Readonly<Record<string, readonly string[]>>): Record<string, string> =>
  Object.fromEntries(Object.entries(groups).map(([started, notes]) => [started, notes.join(' ')]));

/**
 * The inverse of `writeNotes`; null for other data, such as notes that a newer Sluice says would be misread. The watcher
 * then sends all again.
 */
export function readNotes(written: unknown): WatchNotes | null {
  const read = readTolerantly(NotesSchema, written);
  if (!read.ok) return null;
  const { seenAt, sweptAt, owed, complaints, signsAt } = read.value;
  const applications = new Map<string, Note>();
  const times = timesIn(read.value.checkpoints);
  for (const [started, notes] of Object.entries(read.value.applications)) {
    for (const note of notes.split(' ')) {
      const [, number, mark, doubt] = NOTE.exec(note) ?? [];
      if (number === undefined || mark === undefined || !isMark(mark)) continue;
      const id = idOf(started, number);
      const checkpointAt = times.get(id);
      applications.set(id, { mark, answers: doubt === '', ...(checkpointAt === undefined ? {} : { checkpointAt }) });
    }
  }
  return { seenAt, sweptAt, applications, owed, complaints, signsAt };
}

// YARN writes at least four digits (ApplicationId.appIdFormat).
const idOf = (started: string, number: string): string => `application_${started}_${number.padStart(4, '0')}`;

function timesIn(checkpoints: WrittenNotes['checkpoints']): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const [started, notes] of Object.entries(checkpoints)) {
    for (const note of notes.split(' ')) {
      const [, number, seconds] = TIME.exec(note) ?? [];
      if (number !== undefined && seconds !== undefined)
        times.set(idOf(started, number), Number.parseInt(seconds, 36) * 1000);
    }
  }
  return times;
}

/** When an application was last seen alive for certain; null where the notes prove nothing. */
export function lastSeen({ seenAt, applications }: WatchNotes, applicationId: string): number | null {
  const note = applications.get(applicationId);
  return note?.answers === true && isAlive(note.mark) ? seenAt : null;
}

const isMark = (text: string): text is Mark => Object.hasOwn(marks, text);
