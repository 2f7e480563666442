/**
 * The part of Sluice in the JVMs, as each launcher gives it to a start. Seen to fail: with the entry class behind the JARs of the
 * job; with the plugin left out of `_CLIENT_SHIP_FILES`, so that TaskManagers lack it.
 */
import { beforeEach, expect, test } from 'vitest';
import { createDirectLauncher } from '../../src/launchers/direct.ts';
import { createShellRunner } from '../../src/launchers/shell-runner.ts';
import { smallFile } from '../domain/deployment-file/examples.ts';
import { createFakeS3, type FakeS3 } from '../fakes/s3.ts';
import { launched, partsOf, started, store } from './launched.ts';

const jars = {
  plugin: 'sluice/agent/1/plugins/sluice/sluice-agent.jar',
  entry: 'sluice/agent/1/lib/sluice-entry.jar',
};
const agent = { ...jars, lease: 120_000, signs: { checkpoints: 300_000 } };
const none = { jars: [], files: [] };

let s3: FakeS3;
beforeEach(async () => {
  s3 = createFakeS3({ bucket: 'sluice' });
  await store(s3, [started.jar.key, ...Object.values(jars)]);
});

const options = {
  'metrics.reporter.sluice.factory.class': 'sluice.agent.GateReporterFactory',
  'metrics.reporter.sluice.gate': 's3://sluice/gates/clicks-dev.json',
  'metrics.reporter.sluice.start': started.startKey,
  'metrics.reporter.sluice.signs': 's3://sluice/signs/yarn-a/clicks-dev.json',
  'metrics.reporter.sluice.job': 'clicks-dev',
  'metrics.reporter.sluice.epoch': '2',
  'metrics.reporter.sluice.checkpoints': '300000',
};

test('direct ships the plugin to every container, and runs the program by the entry class, which comes first', async () => {
  const { settings, context } = await launched(createDirectLauncher(partsOf(s3, agent)), none);
  const { localResources, environment, command } = context;
  expect(settings).toMatchObject({
    ...options,
    '$internal.application.main': 'sluice.agent.Entry',
    '$internal.application.program-args': ['com.example.Clicks'],
  });
  for (const [path, key] of Object.entries({
    'plugins/sluice/sluice-agent.jar': agent.plugin,
    'sluice-entry.jar': agent.entry,
  })) {
    expect(localResources[path]).toMatchObject({ uri: `s3a://sluice/${key}`, visibility: 'PUBLIC' });
    expect(environment['_CLIENT_SHIP_FILES']).toContain(`'resourceKey':'${path}','path':'s3a://sluice/${key}'`);
  }
  expect(environment['CLASSPATH']).toMatch(/^sluice-entry\.jar:\.:clicks\.jar:/);
  // A container without the plugin ends before Java begins.
  const guard = 'test -f plugins/sluice/sluice-agent.jar || exit 66; exec';
  expect(command).toContain(`${guard} $JAVA_HOME/bin/java`);
  expect(settings['yarn.container-start-command-template']).toContain(`${guard} %java%`);
});

test('only a start that Sluice may fail over by itself has a lease, and its entry class refuses to run without it', async () => {
  const backup = smallFile.replace('{cluster: yarn-a}', '{cluster: yarn-a, backups: [yarn-b]}');
  const automatic = `${backup}recovery: {failover: {mode: automatic}}\n`;
  const direct = createDirectLauncher(partsOf(s3, agent));
  expect((await launched(direct, none)).settings).not.toHaveProperty('metrics.reporter.sluice.lease');
  const { settings } = await launched(direct, none, automatic);
  expect(settings).toMatchObject({
    ...options,
    'metrics.reporter.sluice.lease': '120000',
    '$internal.application.program-args': ['lease=120000', 'com.example.Clicks'],
  });
  const without = (await launched(createDirectLauncher(partsOf(s3, null)), none, automatic)).settings;
  expect(without).not.toHaveProperty('metrics.reporter.sluice.lease');
});

test('shell-runner has Flink’s client find both in folders of the distribution, and names the entry class', async () => {
  const { settings } = await launched(
    createShellRunner({
      ...partsOf(s3, agent),
      prefixes: { '1.20.1': 'flink' },
      clientClasspath: '',
      jar: 'launcher.jar',
      memoryMb: 512,
    }),
    none,
  );
  expect(settings).toMatchObject({
    ...options,
    'yarn.provided.lib.dirs': [
      's3a://sluice/flink/lib',
      's3a://sluice/flink/plugins',
      's3a://sluice/sluice/agent/1/plugins',
      's3a://sluice/sluice/agent/1/lib',
    ],
  });
  expect(settings['yarn.container-start-command-template']).toContain(
    'test -f plugins/sluice/sluice-agent.jar || exit 66; export CLASSPATH=lib/sluice-entry.jar:$CLASSPATH; test -f gate || exit 65; exec',
  );
  const order = s3.objects.get(`staging/clicks-dev/${started.flinkJobId}/launch.json`)?.body.toString() ?? '';
  expect(JSON.parse(order)).toMatchObject({ entryClass: 'sluice.agent.Entry', arguments: ['com.example.Clicks'] });
});

test('without its JARs in the configuration a start is as it was', async () => {
  const { settings, context } = await launched(createDirectLauncher(partsOf(s3, null)), none);
  expect(settings).toMatchObject({ '$internal.application.main': 'com.example.Clicks' });
  expect(settings).not.toHaveProperty('metrics.reporter.sluice.gate');
  expect(settings).not.toHaveProperty('metrics.reporter.sluice.signs');
  expect(settings).not.toHaveProperty('yarn.container-start-command-template');
  expect(context.environment['CLASSPATH']).toMatch(/^\.:clicks\.jar:/);
  expect(context.command).not.toContain('exit 66');
});
