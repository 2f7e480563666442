/**
 * Every folder of src/ is a room with a row, and no folder becomes a heap. Seen to fail: a row removed, a limit of 14,
 * restore-points with deployment in its row.
 */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import rooms from '../../docs/rooms.json' with { type: 'json' };
import { repository } from './markdown.ts';

const MOST_FILES = 15;
/** A command is a file, and there are as many as there are. */
const HEAPS = ['cli/commands'];

const source = join(repository, 'src');
const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(source, join(entry.parentPath, entry.name)));

const folderOf = (file: string): string => file.split('/').slice(0, -1).join('/');
const folders = [...new Set(files.map(folderOf))].filter((folder) => folder !== '' && folder !== 'domain');

test('each folder of src/ has a row, and each row has files', () => {
  const named = rooms.map(({ room }) => room).filter((room) => !room.endsWith('.ts'));
  expect(named.toSorted()).toEqual(folders.toSorted());
});

test('files outside a room have a row of their own', () => {
  const rows = rooms.map(({ room }) => room).filter((room) => room.endsWith('.ts'));
  const loose = files.filter((file) => ['', 'domain'].includes(folderOf(file)));
  expect(rows.filter((file) => file.startsWith('domain/') || !file.includes('/')).toSorted()).toEqual(loose.toSorted());
});

test('each room says in one sentence what belongs there', () => {
  for (const { room, holds } of rooms) expect(holds, room).toMatch(/^[A-Z][^.]+\.$/);
});

test(`no folder has more than ${MOST_FILES} files, commands aside`, () => {
  const sizes = folders.map((folder) => [folder, files.filter((file) => folderOf(file) === folder).length] as const);
  expect(sizes.filter(([folder, size]) => size > MOST_FILES && !HEAPS.includes(folder))).toEqual([]);
});

test('the rooms of src/domain/ import each other in one direction', () => {
  const rows = new Map<string, readonly string[]>(rooms.map(({ room, imports }) => [room, imports]));
  const reachedFrom = (room: string, seen = new Set<string>()): Set<string> => {
    for (const next of rows.get(room) ?? []) {
      if (!seen.has(next)) reachedFrom(next, seen.add(next));
    }
    return seen;
  };
  const circles = [...rows.keys()].filter((room) => room.startsWith('domain') && reachedFrom(room).has(room));
  expect(circles).toEqual([]);
});
