/**
 * A workflow whose tasks fail, on a real Temporal.
 *
 * Seen to fail: its queries were an outage of Temporal, and the doctor found nothing.
 */
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkWorkflows } from '../../src/api/doctor/job-checks.ts';
import { workflowIdOf } from '../../src/domain/identity/workflow-ids.ts';
import { createTemporalGateway } from '../../src/temporal/jobs/job-gateway-on-temporal.ts';
import type { JobGateway, JobSummary } from '../../src/temporal/jobs/job-gateway.ts';
import { createTemporalClient } from '../../src/temporal/connection/client.ts';
import { useHarness } from '../workflows/use-harness.ts';

const harness = useHarness();
const workflowsPath = fileURLToPath(new URL('failing-workflows.ts', import.meta.url));

test('is told from an outage: whoever asks the job, and the doctor, hear that its tasks fail and why', async () => {
  const { connection, namespace = 'default', nativeConnection } = harness().environment;
  const taskQueue = `failing-${randomUUID()}`;
  const job = `job-${randomUUID().slice(0, 8)}`;
  const client = createTemporalClient(connection, namespace);
  const gateway = createTemporalGateway({ client, taskQueue });
  const workflowBundle = await bundleWorkflowCode({ workflowsPath });
  const worker = await Worker.create({ connection: nativeConnection, namespace, taskQueue, workflowBundle });
  await worker.runUntil(async () => {
    const handle = await client.workflow.start('flinkJob', {
      workflowId: workflowIdOf(job),
      taskQueue,
      args: [{ job }],
    });
    try {
      const why = await failing(gateway, job);
      expect(why).toMatch(/^the tasks of flink-job:\S+ fail since 2\S+Z \(attempt \d+\): broken on purpose$/);
      const asked = gateway.view(job);
      await expect(asked).rejects.toMatchObject({
        code: 'WorkflowTasksFail',
        message: expect.stringContaining('broken on purpose') as string,
      });
      const found = await checkWorkflows(gateway, [{ name: job }] as JobSummary[]);
      expect(found).toMatchObject([{ check: 'workflows', level: 'broken', subject: job }]);
    } finally {
      await handle.terminate();
    }
  });
  expect(await gateway.whyTasksFail(job)).toBeNull();
  expect(await gateway.whyTasksFail('never-seen')).toBeNull();
});

async function failing(gateway: JobGateway, job: string): Promise<string> {
  for (;;) {
    const why = await gateway.whyTasksFail(job);
    if (why !== null) return why;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
