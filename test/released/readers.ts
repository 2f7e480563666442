/**
 * The readers of a release, as its bundle exports them: what a worker, an API or a CLI of that release makes of records,
 * carried state, notes and facts that another release wrote. Texts go in and out, so that each release has its own types.
 */
import { READER } from '../../src/domain/compatibility/reader.ts';
import { readTolerantly } from '../../src/domain/compatibility/tolerant.ts';
import { readReleaseNotes } from '../../src/domain/auto-deploy/watch-notes.ts';
import { carriedCampaign, readCampaign } from '../../src/domain/campaign/memory.ts';
import { isCode } from '../../src/domain/errors/errors.ts';
import { carriedOf, migrateMemory, withinBudget } from '../../src/domain/job/carried/carried-memory.ts';
import { Fact } from '../../src/domain/watch/facts.ts';
import { readNotes, writeNotes } from '../../src/domain/watch/notes.ts';
import { recordKinds, type RecordKind } from '../../src/records/kinds.ts';
import { bodyOf, parseRecord } from '../../src/records/record.ts';

/** The result of reading a text. */
export type Rewritten =
  /** The reader understands it, and writes it back unchanged as this value. */
  | { readonly kind: 'read'; readonly value: unknown }
  /** The reader refuses it, because a newer Sluice says that it would misread it. */
  | { readonly kind: 'tooNew'; readonly why: string }
  /** The reader does not understand it. */
  | { readonly kind: 'invalid'; readonly why: string };

/** Kinds that are written once under the name of their content, and never rewritten. */
const writtenOnce = ['configuration', 'exceptions', 'shipped'] as const;
type WrittenOnce = (typeof writtenOnce)[number];
const isWrittenOnce = (kind: RecordKind): kind is WrittenOnce => (writtenOnce as readonly string[]).includes(kind);

const isRecord = (kind: Kind): kind is RecordKind => Object.hasOwn(recordKinds, kind);

export const reader: number = READER;

export type Kind = RecordKind | 'memory' | 'campaign' | 'notes' | 'releaseNotes' | 'fact';
export const kinds = [
  ...Object.keys(recordKinds),
  ...['memory', 'campaign', 'notes', 'releaseNotes', 'fact'],
] as readonly Kind[]; // keys of that table, and the other kinds

/** Reads a text and writes it back. */
export function rewrite(kind: Kind, text: string): Rewritten {
  try {
    const value = rewritten(kind, text);
    return value === null ? { kind: 'invalid', why: 'it is not understood' } : { kind: 'read', value };
  } catch (failure) {
    if (!isCode(failure, 'RecordInvalid')) throw failure;
    return { kind: /newer Sluice/.test(failure.message) ? 'tooNew' : 'invalid', why: failure.message };
  }
}

function rewritten(kind: Kind, text: string): unknown {
  if (isRecord(kind))
    return isWrittenOnce(kind)
      ? plain(parseRecord(kind, text, kind))
      : JSON.parse(bodyOf(kind, kind, parseRecord(kind, text, kind)));
  const value: unknown = JSON.parse(text);
  switch (kind) {
    case 'memory': {
      const memory = migrateMemory(value);
      return memory && plain(carriedOf(withinBudget(memory)));
    }
    case 'campaign': {
      const campaign = readCampaign(value);
      return campaign && plain(carriedCampaign(campaign));
    }
    case 'notes': {
      const notes = readNotes(value);
      return notes && plain(writeNotes(notes));
    }
    case 'releaseNotes':
      return plain(readReleaseNotes(value));
    case 'fact': {
      const fact = readTolerantly(Fact, value);
      return fact.ok ? plain(fact.value) : null;
    }
  }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
