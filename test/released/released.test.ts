/**
 * Old and new read each other. Every released reader understands what this Sluice writes, and this Sluice understands what
 * every release wrote: records in S3, carried state, notes and facts. Nothing that a reader does not know is lost when it
 * writes the record back.
 *
 * Seen to fail: a field made nullable, a member added to a closed enum, a field renamed, a limit relaxed, `asWritten` left
 * out, `minReader` not looked at.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as today from './readers.ts';
import { FIRST, hasReaders, releasedVersions } from './releases.ts';
import { changed, minReaderOf, placesOf, samplesOf, written, type Samples } from './samples.ts';

const here = new URL('.', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, here), 'utf8');
const versions = readdirSync(here, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

type Readers = typeof today;
interface Release {
  readonly version: string;
  readonly readers: Readers;
  readonly samples: Readonly<Record<string, Samples>>;
}

const releases: readonly Release[] = await Promise.all(
  versions.map(async (version) => ({
    version,
    readers: (await import(new URL(`${version}/readers.mjs`, here).href)) as Readers, // a bundle of an earlier `readers.ts`
    samples: JSON.parse(textOf(`${version}/samples.json`)) as Record<string, Samples>, // as `bundle.ts` wrote them
  })),
);
const readersOfAll = [{ version: 'today', readers: today }, ...releases];

const allOf = ({ whole, changes }: Samples): { readonly what: string; readonly value: unknown }[] => [
  { what: 'every field is there', value: whole },
  ...changes.map((change) => ({ what: change.what, value: changed(whole, change) })),
];

/** Kinds whose unknown fields are dropped: they are made anew, or are never written back. */
const dropsUnknown: ReadonlySet<today.Kind> = new Set([
  'notes',
  'releaseNotes',
  'fact',
  'configuration',
  'exceptions',
  'shipped',
]);
/** The state follows from facts that are kept, so that its word need not be. */
const isDerived = (kind: today.Kind, path: readonly string[]): boolean =>
  kind === 'memory' && path.join('.') === 'state';

/** The words of closed enums decide what is done or deleted, so that a release that adds one raises `READER`. */
const closed = [
  'bindings.0.role',
  'current.launcher',
  'current.restorePoint.kind',
  'desired',
  'files.0.kind',
  'launcher',
  'restorePoint.kind',
  'savepoint.kind',
  'savepoints.0.kind',
  'starts.0.launcher',
  'stopWith',
  'left.kind',
];
const isClosed = (path: readonly string[]): boolean => closed.some((end) => path.join('.').endsWith(end));

test('every release from the first one on has its readers here', () => {
  expect(versions).toContain(FIRST);
  const released = releasedVersions(textOf('../../CHANGELOG.md')).filter(hasReaders);
  expect(released.filter((version) => !versions.includes(version))).toEqual([]);
});

test('the number of the readers never goes back', () => {
  expect(releases.filter(({ readers }) => readers.reader > today.reader)).toEqual([]);
});

describe.each(readersOfAll)('the readers of $version', ({ readers }) => {
  const known = today.kinds.filter((kind) => readers.kinds.includes(kind));

  test.each(known)('understand each %s that this Sluice writes, and lose nothing of it', (kind) => {
    for (const { what, value: sample } of allOf(samplesOf(kind))) {
      const value = written(kind, sample);
      const rewritten = readers.rewrite(kind, JSON.stringify(value));
      if (minReaderOf(kind, sample) > readers.reader) expect.soft(rewritten, what).toMatchObject({ kind: 'tooNew' });
      else if (dropsUnknown.has(kind)) expect.soft(rewritten, what).toMatchObject({ kind: 'read' });
      else
        expect
          .soft(rewritten, what)
          .toMatchObject({ kind: 'read', value: JSON.parse(JSON.stringify(value)) as object });
    }
  });

  test.each(known)('understand a %s with an unknown field at each level, and write it back', (kind) => {
    const { whole } = samplesOf(kind);
    if (minReaderOf(kind, whole) > readers.reader) return;
    for (const path of placesOf(kind).objects) {
      const newer = changed(whole, { path: [...path, 'ofTheFuture'], value: { deep: [1, { two: null }] } });
      const rewritten = readers.rewrite(kind, JSON.stringify(newer));
      expect
        .soft(rewritten, path.join('.'))
        .toMatchObject({ kind: 'read', ...(dropsUnknown.has(kind) ? {} : { value: newer }) });
    }
  });

  test.each(known)(
    'understand a %s with an unknown word in each open enum, and refuse one in a closed enum',
    (kind) => {
      const { whole } = samplesOf(kind);
      if (minReaderOf(kind, whole) > readers.reader) return;
      for (const { path, readsAs } of placesOf(kind).enums) {
        const newer = changed(whole, { path, value: 'ofTheFuture' });
        const rewritten = readers.rewrite(kind, JSON.stringify(newer));
        const expected =
          readsAs === null
            ? { kind: 'invalid' }
            : { kind: 'read', ...(dropsUnknown.has(kind) || isDerived(kind, path) ? {} : { value: newer }) };
        expect.soft(rewritten, path.join('.')).toMatchObject(expected);
      }
    },
  );

  test.each(known.filter((kind) => !['configuration', 'exceptions'].includes(kind)))(
    'refuse a %s that says that they would misread it, and nothing else',
    (kind) => {
      const { whole } = samplesOf(kind);
      const read = (minReader: unknown) => readers.rewrite(kind, JSON.stringify({ ...(whole as object), minReader }));
      const isTold = !['notes', 'releaseNotes', 'fact'].includes(kind);
      expect(read(readers.reader + 1)).toMatchObject({ kind: isTold ? 'tooNew' : 'invalid' });
      if (minReaderOf(kind, whole) <= readers.reader) expect(read(readers.reader)).toMatchObject({ kind: 'read' });
    },
  );
});

describe.each(releases)('what $version wrote', ({ samples }) => {
  test.each(Object.entries(samples))('is understood by this Sluice: each %s', (kind, written) => {
    for (const { what, value } of allOf(written)) {
      const rewritten = today.rewrite(kind as today.Kind, JSON.stringify(value)); // a kind that is dropped fails here
      expect.soft(rewritten, what).toMatchObject({ kind: 'read' });
    }
  });
});

test.each(today.kinds)('each enum of a %s is open, or closed on purpose', (kind) => {
  const closedHere = placesOf(kind).enums.filter(({ readsAs }) => readsAs === null);
  expect(closedHere.map(({ path }) => path.join('.')).filter((path) => !isClosed(path.split('.')))).toEqual([]);
});
