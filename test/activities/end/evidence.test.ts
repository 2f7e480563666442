/**
 * Sluice saves exceptions, logs and diagnostics of an instance before it ends the instance.
 *
 * Seen to fail: exceptions that were redacted as one text were no JSON any more; with the cut first line kept, the
 * evidence had the value of a secret whose name was cut away.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { saveEvidence } from '../../../src/activities/end/evidence.ts';
import { evidenceKey } from '../../../src/domain/identity/storage-keys.ts';
import { deployment } from '../../support/deployment.ts';
import { createFakeFlink, type FakeFlink } from '../../fakes/flink.ts';
import { createWorld, type World } from '../../world/world.ts';

const SECRET = 'hunter2-canary';
let world: World;
let flink: FakeFlink;
beforeEach(async () => {
  world = await createWorld();
  flink = await createFakeFlink();
  flink.addJob({ id: deployment.flinkJobId });
  const { applicationId: id } = deployment;
  world.clusters.get('yarn-a')!.addApplication({ id, flink, diagnostics: `started with password=${SECRET}` });
});
afterEach(async () => {
  await flink.close();
  await world.close();
});

const saved = (file: string): string => {
  const { job, applicationId: application } = deployment;
  return world.s3.objects.get(evidenceKey({ job, operation: 'op', application, file }))?.body.toString() ?? '';
};

test('exceptions, logs and diagnostics are kept without secrets, and exceptions stay JSON', async () => {
  flink.restartJob(deployment.flinkJobId, `java.io.IOException: refused for token="${SECRET}"\n\tat a.B`);
  flink.logs.set('jobmanager.log', `hello\ns3.secret-key: ${SECRET}\n`);
  expect((await saveEvidence(world.dependencies, deployment, 'op')).warnings).toEqual([]);
  expect(JSON.parse(saved('exceptions.json'))).toMatchObject([{ rootCause: 'IOException: refused for token=******' }]);
  expect(saved('jobmanager.log')).toBe('hello\ns3.secret-key: ******\n');
  expect(saved('yarn-diagnostics.txt')).toContain('password=******');
  expect([...world.s3.objects.values()].map(({ body }) => body.toString()).join()).not.toContain(SECRET);
});

test('a log that is cut within a secret begins with the next line', async () => {
  const rest = `${'x'.repeat(64 * 1024 - 20)}\n`;
  flink.logs.set('jobmanager.log', `begin\ns3.secret-key: ${SECRET}\n${rest}`);
  await saveEvidence(world.dependencies, deployment, 'op');
  expect(saved('jobmanager.log')).toBe(rest);
});
