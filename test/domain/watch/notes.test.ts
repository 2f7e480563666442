/** Seen to fail: without the padding of application ids, notes name applications that YARN does not know. */
import { expect, test } from 'vitest';
import type { Mark } from '../../../src/domain/watch/health.ts';
import { emptyNotes, readNotes, writeNotes, type Note } from '../../../src/domain/watch/notes.ts';

const applications = (count: number, note: (index: number) => Note) =>
  new Map(Array.from({ length: count }, (_, index) => [idOf(index), note(index)]));
const idOf = (index: number) => `application_1700000000000_${String(index + 1).padStart(4, '0')}`;

test('notes survive the way through a heartbeat, with applications of several ResourceManagers', () => {
  const notes = {
    seenAt: 5,
    sweptAt: 3,
    applications: new Map<string, Note>([
      ['application_1700000000000_0007', { mark: 'h', answers: true, checkpointAt: 1_764_000_000_000 }],
      ['application_1700000000000_12345', { mark: 'n', answers: false }],
      ['application_1800000000000_0001', { mark: 's', answers: false }],
    ]),
    owed: ['clicks'],
    signsAt: 1_790_000_000_000,
    complaints: ['clicks cannot be told'],
  };
  expect(readNotes(JSON.parse(JSON.stringify(writeNotes(notes))))).toEqual(notes);
});

test('notes of a thousand jobs are far smaller than 64 KiB', () => {
  const marks: readonly Mark[] = ['h', 'n', 'c', 'b', 'e', 's'];
  const notes = applications(1_000, (index) => ({ mark: marks[index % marks.length]!, answers: false }));
  const written = JSON.stringify(
    writeNotes({ ...emptyNotes, seenAt: Date.now(), sweptAt: Date.now(), applications: notes }),
  );
  expect(written.length).toBeLessThan(10_000);
});

test.each([undefined, null, {}, 'text', { version: 2, applications: {} }])(
  'anything else is no notes: %j',
  (written) => {
    expect(readNotes(written)).toBeNull();
  },
);

test('notes of before checkpoints were noted are read, and a time that cannot be read is left out', () => {
  const written = { version: 1, seenAt: 5, sweptAt: null, applications: { '17': '1h 2h' } };
  expect(readNotes(written)?.applications.get('application_17_0001')).toEqual({ mark: 'h', answers: true });
  const odd = readNotes({ ...written, checkpoints: { '17': 'x 1:t6k2o0 2:-1', '18': '' } });
  expect(odd?.applications.get('application_17_0001')?.checkpointAt).toBe(Number.parseInt('t6k2o0', 36) * 1000);
  expect(odd?.applications.get('application_17_0002')).toEqual({ mark: 'h', answers: true });
});

test('one note that cannot be read does not spoil the others', () => {
  const written = { version: 1, seenAt: null, sweptAt: null, applications: { '17': '1h 2x nonsense 3c' } };
  expect([...(readNotes(written)?.applications.keys() ?? [])]).toEqual(['application_17_0001', 'application_17_0003']);
});
