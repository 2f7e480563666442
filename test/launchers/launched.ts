/** A start as a launcher hands it to YARN. */
import type { SubmissionContext } from '../../src/clients/yarn/submission.ts';
import type { YarnClient } from '../../src/clients/yarn/yarn.ts';
import { parseDeploymentFile } from '../../src/domain/deployment-file/parse.ts';
import type { Deployment } from '../../src/domain/deployment/deployment.ts';
import type { FrameworkSettings } from '../../src/domain/deployment/framework-settings.ts';
import type { ShippedFiles } from '../../src/domain/deployment/shipped-files.ts';
import type { Agent } from '../../src/launchers/agent.ts';
import { createDistributions } from '../../src/launchers/distribution.ts';
import type { Launcher } from '../../src/launchers/launcher.ts';
import { smallFile } from '../domain/deployment-file/examples.ts';
import type { FakeS3 } from '../fakes/s3.ts';
import { deployment } from '../support/deployment.ts';

export const stored = (name: string) => ({
  key: `releases/clicks/1/${name}`,
  name,
  sha256: 'a'.repeat(64),
  size: 3,
});
export const started: Deployment = { ...deployment, jar: stored('clicks.jar'), shipped: 'a digest' };

/** Puts a distribution, the launcher's JAR and further keys into the bucket. */
export async function store(s3: FakeS3, keys: readonly string[]): Promise<void> {
  const dist = ['lib/flink-dist-1.20.1.jar', 'lib/log4j-core.jar', 'conf/log4j.properties'];
  for (const key of [...dist.map((path) => `flink/${path}`), 'launcher.jar', ...keys]) await s3.put(key, 'abc');
}

const submissions: SubmissionContext[] = [];

/** The parts that both launchers need. */
export const partsOf = (s3: FakeS3, agent: Agent | null) => ({
  s3,
  yarn: { submit: (context) => Promise.resolve(void submissions.push(context)) } as Pick<
    YarnClient,
    'submit'
  > as YarnClient, // all that a launcher calls
  distributions: createDistributions(s3, { '1.20.1': 'flink' }, agent),
  agent,
  scheme: 's3a',
  user: 'sluice',
  applicationClasspath: '/hadoop/*',
});

/** Launches the start. @throws Error when nothing was submitted. */
export async function launched(
  launcher: Launcher,
  shipped: ShippedFiles,
  text = smallFile,
): Promise<{ readonly settings: FrameworkSettings; readonly context: SubmissionContext }> {
  const parsed = parseDeploymentFile(text);
  if (!parsed.ok) throw new Error('the example is invalid');
  const { file } = parsed;
  const settings = launcher.settings(started, file, shipped);
  const beforeSubmit = () => Promise.resolve();
  submissions.length = 0;
  await launcher.launch({ deployment: started, file, shipped, tags: [], entries: [], archived: null, beforeSubmit });
  const [context] = submissions;
  if (context === undefined) throw new Error('nothing was submitted');
  return { settings, context };
}
