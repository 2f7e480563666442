/**
 * A start with class archives, as it reaches YARN. Seen to fail: the JARs of `lib/` localized beside the archive; the JobManager's class
 * archive shipped to TaskManagers; a template without the script, so that TaskManagers lack the archive; the entry class behind the job;
 * the JARs of the job in another order than without an archive.
 */
import { expect, test } from 'vitest';
import { parseDeploymentFile } from '../../src/domain/deployment-file/parse.ts';
import type { SubmissionContext } from '../../src/clients/yarn/submission.ts';
import type { YarnClient } from '../../src/clients/yarn/yarn.ts';
import { createDirectLauncher } from '../../src/launchers/direct.ts';
import { smallFile } from '../domain/deployment-file/examples.ts';
import { createFakeS3 } from '../fakes/s3.ts';
import { partsOf, started, store } from './launched.ts';

const agent = {
  plugin: 'sluice/plugins/sluice/sluice-agent.jar',
  entry: 'sluice/lib/sluice-entry.jar',
  lease: 120_000,
  signs: { checkpoints: 300_000 },
};
const at = (key: string) => ({ key, size: 3, timestamp: 1_000 });

test('Flink comes as one archive, each JVM gets its own class archive, and a script orders the class path', async () => {
  const s3 = createFakeS3({ bucket: 'sluice' });
  await store(s3, [started.jar.key, agent.plugin, agent.entry, 'jars/also.jar']);
  const parsed = parseDeploymentFile(smallFile);
  if (!parsed.ok) throw new Error('the example is invalid');
  const { file } = parsed;
  const contexts: SubmissionContext[] = [];
  const yarn = { submit: (context) => Promise.resolve(void contexts.push(context)) } as Pick<
    YarnClient,
    'submit'
  > as YarnClient; // all that a launcher calls
  const launcher = createDirectLauncher({ ...partsOf(s3, agent), yarn });
  const deployment = { ...started, classArchive: { used: true, id: 'made', reason: null } };
  // The class path sorts the JARs of the job, as it does without an archive.
  const also = { key: 'jars/also.jar', name: 'also.jar', sha256: 'a'.repeat(64), size: 3 };
  const shipped = { jars: [also], files: [] };
  const settings = launcher.settings(deployment, file, shipped);
  expect(settings['yarn.container-start-command-template']).toContain(
    'exec %java% $(sh sluice-class-path.sh tm) %jvmmem%',
  );
  await launcher.launch({
    ...{ deployment, file, shipped, tags: [], entries: [] },
    archived: { flink: at('dist/flink.tgz'), script: at('script'), classes: { jm: at('jm'), tm: at('tm') } },
    beforeSubmit: () => Promise.resolve(),
  });
  const [context] = contexts;
  if (!context) throw new Error('nothing was submitted');
  const { localResources, environment, command } = context;
  expect(localResources['flink']).toMatchObject({ uri: 's3a://sluice/dist/flink.tgz', type: 'ARCHIVE', size: 3 });
  expect(Object.keys(localResources).sort()).toEqual(
    [
      ...['flink', 'jm.jsa', 'sluice-class-path.sh', 'sluice-entry.jar', 'plugins/sluice/sluice-agent.jar'],
      ...['also.jar', 'clicks.jar', 'config.yaml', 'log4j.properties'],
    ].sort(),
  );
  const toTaskManagers = [...(environment['_CLIENT_SHIP_FILES'] ?? '').matchAll(/'resourceKey':'([^']+)'/g)];
  expect(toTaskManagers.map(([, path]) => path)).toEqual(expect.arrayContaining(['tm.jsa', 'sluice-class-path.sh']));
  expect(environment['_CLIENT_SHIP_FILES']).not.toMatch(/jm\.jsa|'lib\//);
  expect(environment['_FLINK_DIST_JAR']).toContain("'resourceType':'ARCHIVE'");
  expect(environment['_FLINK_CLASSPATH']).toBe('flink/lib/*:sluice-entry.jar:also.jar:clicks.jar:.:config.yaml');
  expect(command).toContain('exec $JAVA_HOME/bin/java $(sh sluice-class-path.sh jm) -Xmx');
});
