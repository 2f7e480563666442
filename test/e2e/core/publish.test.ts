/** Publishing as CI does it: publishers that are killed, publishers that race. A release is seen whole or not at all. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { until } from '../../support/api.ts';
import { sluice, sluiceProcess } from '../../support/commands.ts';
import { killedPublishersLeaveNothing, PublishedProject } from '../../support/stories/publish.ts';

/** Ten times as many in `releases/publish-killed.test.ts`. */
const KILLS = 5;

const project = new PublishedProject();

afterAll(() => project.remove());

test(`a publisher that is killed ${KILLS} times leaves nothing that is seen, and then publishes the whole`, () =>
  killedPublishersLeaveNothing(project, KILLS));

test('of two who publish one version with different content one wins, and the other is told what differs', async () => {
  const builds = [await project.build('left'), await project.build('right')];
  const ends = await Promise.all(builds.map((files) => sluice(...project.command('1.0.0', files))));
  expect(ends.map(({ code }) => code).sort()).toEqual([0, 1]);
  const loser = ends.find(({ code }) => code === 1)!;
  expect(loser.stderr).toMatch(
    /1\.0\.0 was published at .* with other content: clicks\.jar had sha256 .*dev\.yaml had/,
  );
  expect(loser.stderr).toContain('Publish under a new version');
  const release = await project.expectWhole('1.0.0');
  const winner = builds[ends.findIndex(({ code }) => code === 0)]!;
  expect(release.files[0]?.sha256).toBe(await sha256Of(winner[0]!));
});

test('of two who publish the same content both have published it', async () => {
  const files = await project.build('same');
  const ends = await Promise.all([1, 2].map(() => sluice(...project.command('1.1.0', files))));
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  await project.expectWhole('1.1.0');
});

test('who watches the catalogue sees a new release, and a change of configuration sends no JAR', async () => {
  const watching = sluiceProcess('releases', project.name, '--watch');
  const ended = new Promise((resolve) => watching.once('exit', resolve));
  let seen = '';
  watching.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  try {
    await until('the list', 240_000, () => Promise.resolve(seen.includes(`${project.name}/1.1.0`) ? true : null));
    const [, ...files] = await project.build('configuration');
    const reuse = [
      'publish',
      '--project',
      project.name,
      '--version',
      '1.1.1',
      '--reuse-jars',
      `${project.name}/1.1.0`,
      ...files,
    ];
    const { code, stdout } = await sluice(...reuse);
    expect(code).toBe(0);
    expect(stdout).toContain('copied from an earlier release');
    await until('the new release', 240_000, () =>
      Promise.resolve(seen.includes(`${project.name}/1.1.1`) ? true : null),
    );
  } finally {
    watching.kill('SIGINT');
    await ended;
  }
  await project.expectWhole('1.1.1');
});

const sha256Of = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
