/** Seen to fail: with a rename instead of a link, `init` writes over a file that is there. */
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { jarMainClass } from '../../../src/releases/jar.ts';
import { parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import { sluice } from '../run.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'sluice-init-'))));
afterEach(() => rm(folder, { recursive: true }));

const GIVEN = ['--name', 'clicks-dev', '--team', 'ads', '--cluster', 'yarn-b'];
const init = (file: string, ...args: readonly string[]) => sluice(['init', file, ...GIVEN, ...args]);

it('writes a file that is valid at once, the schema beside it, and nothing else', async () => {
  const file = join(folder, 'deployment', 'clicks-dev.yaml');
  const { exit, stdout } = await init(file, '--entry-class', 'com.example.Clicks', '--jar', 'lib/clicks.jar');
  expect(exit).toBe(0);
  expect(stdout).toContain(`Next: sluice validate ${file}`);
  const text = await readFile(file, 'utf8');
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./.sluice/deployment.v1.schema.json');
  expect(
    text
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('#')),
  ).toHaveLength(12);
  expect(parseDeploymentFile(text)).toMatchObject({
    ok: true,
    file: { name: 'clicks-dev', owner: { team: 'ads' }, job: { jar: 'clicks.jar', entryClass: 'com.example.Clicks' } },
  });
  expect((await readdir(folder, { recursive: true })).sort()).toEqual([
    'deployment',
    'deployment/.sluice',
    'deployment/.sluice/deployment.v1.schema.json',
    'deployment/clicks-dev.yaml',
  ]);
});

it('writes over nothing without being told to', async () => {
  const file = join(folder, 'mine.yaml');
  await writeFile(file, 'mine');
  const refused = await init(file);
  expect([refused.exit, await readFile(file, 'utf8')]).toEqual([2, 'mine']);
  expect(refused.stderr).toContain('exists already; --force overwrites it');
  expect(await readdir(folder)).toEqual(['mine.yaml']);
  expect((await init(file, '--force')).exit).toBe(0);
  expect(await readFile(file, 'utf8')).toContain('name: clicks-dev');
});

it('writes nothing that would not be valid', async () => {
  const file = join(folder, 'wrong.yaml');
  const { exit, stderr } = await sluice(['init', file, '--name', '../clicks']);
  expect(exit).toBe(2);
  expect(stderr).toContain('name must be 1 to 63 lower-case letters');
  expect(await readdir(folder)).toEqual([]);
});

it('says what it guessed', async () => {
  const { stdout } = await sluice(['init', join(folder, 'a.yaml'), '--name', 'a', '--jar', 'a.jar', '-o', 'json']);
  expect(JSON.parse(stdout)).toMatchObject({
    draft: { name: 'a', jar: 'a.jar' },
    guessed: { team: expect.any(String) as string, cluster: expect.any(String) as string },
  });
});

it('takes the class with main() from the JAR', async () => {
  const jar = storedJar('Manifest-Version: 1.0\r\nMain-Class: com.example.\r\n Clicks\r\n');
  const read = (offset: number, length: number) => Promise.resolve(jar.subarray(offset, offset + length));
  expect(await jarMainClass(read, jar.length)).toBe('com.example.Clicks');
  await mkdir(join(folder, 'target'));
  const path = join(folder, 'target', 'clicks.jar');
  await writeFile(path, jar);
  const file = join(folder, 'b.yaml');
  await init(file, '--jar', path);
  expect(await readFile(file, 'utf8')).toMatch(/jar: clicks.jar .*\n {2}entryClass: com.example.Clicks /);
});

/** A ZIP archive with a manifest that is not compressed. */
function storedJar(manifest: string): Buffer {
  const name = Buffer.from('META-INF/MANIFEST.MF');
  const data = Buffer.from(manifest);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt32LE(data.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(entry.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + data.length, 16);
  return Buffer.concat([local, name, data, entry, name, end]);
}
