/**
 * The script that a container runs, in a shell, with folders like those of a node.
 *
 * Seen to fail: Hadoop's JARs in the order of the folder; a folder before the JARs; the archive named for JARs with other times, or for
 * another JDK, or where there is none; the program before Flink.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { classPathScript, CLASS_PATH_SCRIPT, jvmOptionsOf } from '../../src/launchers/class-path-script.ts';

let node: string;
const write = (path: string, text = ''): void => {
  mkdirSync(dirname(join(node, path)), { recursive: true });
  writeFileSync(join(node, path), text);
  utimesSync(join(node, path), 1_735_689_600, 1_735_689_600);
};

beforeEach(() => {
  node = mkdtempSync(join(tmpdir(), 'sluice-node-'));
  for (const jar of ['b.jar', 'a.jar']) write(`container/flink/lib/${jar}`);
  for (const jar of ['z.jar', 'c.jar']) write(`hadoop/${jar}`);
  write('hadoop/readme.txt');
  write('etc/core-site.xml');
  write('jdk/release', 'JAVA_VERSION="17.0.15"');
});
afterEach(() => {
  rmSync(node, { recursive: true });
});

/** Runs what the launch command has, as the shell of YARN's script does. */
function run(script: string, argument: string): string {
  write(`container/${CLASS_PATH_SCRIPT}`, script);
  const entries = [
    'flink/lib/*',
    'sluice-entry.jar',
    'clicks.jar',
    '.',
    'config.yaml',
    `${node}/etc`,
    `${node}/hadoop/*`,
  ];
  const env = { PATH: process.env['PATH'], CLASSPATH: entries.join(':'), JAVA_HOME: `${node}/jdk` };
  const command = argument === 'fingerprint' ? `sh ${CLASS_PATH_SCRIPT} fingerprint` : `echo "${jvmOptionsOf('jm')}"`;
  return execFileSync('sh', ['-c', command], { cwd: join(node, 'container'), env, encoding: 'utf8' }).trim();
}

const using = (fingerprint: string): string =>
  classPathScript({ kind: 'use', fingerprints: { jm: fingerprint, tm: 'another' } });
const fingerprint = (): string => run(classPathScript({ kind: 'record' }), 'fingerprint');
const IN_ORDER = () =>
  `-cp flink/lib/a.jar:flink/lib/b.jar:${node}/hadoop/c.jar:${node}/hadoop/z.jar:sluice-entry.jar:clicks.jar:.:config.yaml:${node}/etc`;
const ARCHIVE = ' -XX:SharedArchiveFile=jm.jsa -Xshare:auto';

test('the class path begins with the JARs of Flink and Hadoop by name, and ends with folders', () => {
  expect(run(classPathScript({ kind: 'record' }), 'jm')).toBe(`${IN_ORDER()} -XX:+RecordDynamicDumpInfo`);
});

test('the archive is used where JDK and JARs are those that it was made with', () => {
  write('container/jm.jsa');
  expect(run(using(fingerprint()), 'jm')).toBe(IN_ORDER() + ARCHIVE);
});

test.each([
  ['a JAR has another time', () => utimesSync(join(node, 'hadoop/c.jar'), 1, 1)],
  ['a JAR has another size', () => write('container/flink/lib/a.jar', 'longer')],
  ['Hadoop has another JAR', () => write('hadoop/d.jar')],
  ['the JDK is another', () => write('jdk/release', 'JAVA_VERSION="17.0.16"')],
  ['there is no archive', () => rmSync(join(node, 'container/jm.jsa'))],
])('no archive is named when %s', (_what, change) => {
  write('container/jm.jsa');
  const before = fingerprint();
  expect(before).toMatch(/^\d+-\d+$/);
  change();
  expect(run(using(before), 'jm')).not.toContain('SharedArchiveFile');
});

test('a fingerprint is one word of the script, whatever is in it', () => {
  write('container/jm.jsa');
  expect(run(using("1';echo more;'"), 'jm')).toBe(IN_ORDER());
});
