/**
 * Further JARs and files of a release as each launcher hands them to YARN. Seen to fail: without them in `_CLIENT_SHIP_FILES`,
 * which alone the TaskManagers get; with the client's `pipeline.classpaths` in its configuration, which it empties.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import type { ShippedFiles } from '../../src/domain/deployment/shipped-files.ts';
import { createDirectLauncher } from '../../src/launchers/direct.ts';
import { createShellRunner } from '../../src/launchers/shell-runner.ts';
import { createFakeS3, type FakeS3 } from '../fakes/s3.ts';
import { launched, partsOf, started, store, stored } from './launched.ts';

const shipped: ShippedFiles = { jars: [stored('z.jar'), stored('b.jar')], files: [stored('app.properties')] };

let s3: FakeS3;
beforeEach(async () => {
  s3 = createFakeS3({ bucket: 'sluice' });
  await store(s3, [started.jar.key, ...[...shipped.jars, ...shipped.files].map(({ key }) => key)]);
});

describe('direct', () => {
  test('gives them to the JobManager, and through it to the TaskManagers', async () => {
    const { context } = await launched(createDirectLauncher(partsOf(s3, null)), shipped);
    const { localResources, environment } = context;
    for (const { name, key } of [...shipped.jars, ...shipped.files]) {
      expect(localResources[name]).toMatchObject({ uri: `s3a://sluice/${key}`, visibility: 'APPLICATION', size: 3 });
      expect(environment['_CLIENT_SHIP_FILES']).toContain(`'resourceKey':'${name}','path':'s3a://sluice/${key}'`);
    }
  });

  test('puts the JARs on the class path of the program in their order, and among those of the system by name', async () => {
    const { context, settings } = await launched(createDirectLauncher(partsOf(s3, null)), shipped);
    expect(settings).toMatchObject({
      'pipeline.jars': ['s3a://sluice/releases/clicks/1/clicks.jar'],
      'pipeline.classpaths': ['file:z.jar', 'file:b.jar'],
    });
    const classpath = context.environment['_FLINK_CLASSPATH'];
    expect(classpath).toBe('.:b.jar:clicks.jar:lib/log4j-core.jar:z.jar:lib/flink-dist-1.20.1.jar:config.yaml');
  });

  test('sends what it always sent where there are none', async () => {
    const { settings, context } = await launched(createDirectLauncher(partsOf(s3, null)), { jars: [], files: [] });
    expect(settings).not.toHaveProperty('pipeline.classpaths');
    expect(Object.keys(context.localResources).sort()).toEqual([
      'clicks.jar',
      'config.yaml',
      'lib/flink-dist-1.20.1.jar',
      'lib/log4j-core.jar',
      'log4j.properties',
    ]);
  });
});

test('shell-runner has the client ship them, and names the JARs as options of the client', async () => {
  const launcher = createShellRunner({
    ...partsOf(s3, null),
    prefixes: { '1.20.1': 'flink' },
    clientClasspath: '',
    jar: 'launcher.jar',
    memoryMb: 512,
  });
  const { settings } = await launched(launcher, shipped);
  expect(settings['yarn.ship-files']).toEqual([
    `s3a://sluice/staging/clicks-dev/${started.flinkJobId}/gate`,
    ...['z.jar', 'b.jar', 'app.properties'].map((name) => `s3a://sluice/releases/clicks/1/${name}`),
  ]);
  const order = s3.objects.get(`staging/clicks-dev/${started.flinkJobId}/launch.json`)?.body.toString() ?? '';
  expect(JSON.parse(order)).toMatchObject({
    action: ['run-application', '-t', 'yarn-application', '-d', '-C', 'file:z.jar', '-C', 'file:b.jar'],
  });
});
