/**
 * YARN is given the same, whoever submits: the same deployment goes through Flink's own client, run by hand, and through each
 * launcher, and everything is compared that the ResourceManager and the NodeManager were given. Each difference that is meant
 * is a line in a table with its reason; a line that no difference needs fails too.
 *
 * Seen to fail: by hand in a POSIX locale, arguments and values beyond ASCII are lost, and with them the comparison fails;
 * with `yarn.provided.lib.dirs` written as a text by hand and as a list by the launcher, its notation is told.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildClicks } from '../../../examples/clicks/build.ts';
import type { JobBody } from '../../../src/api/contract.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import type { ConfigEntry } from '../../../src/domain/deployment/effective-config.ts';
import { textKey } from '../../../src/domain/identity/storage-keys.ts';
import { acceptedIn, Api, until } from '../../support/api.ts';
import { applicationsOf, endApplicationsOf } from '../../support/outside/applications.ts';
import { containersOf } from '../../support/outside/containers.ts';
import { submitByHand } from '../../support/processes/flink-client.ts';
import {
  differences,
  isOfTheAgent,
  judge,
  launchers,
  type Launcher,
} from '../../support/outside/intended-differences.ts';
import { publish } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';
import { launchOf, submissionOf, type Facts } from '../../support/outside/submission.ts';

const stack = runningStack();
const api = new Api(stack);
const CLUSTER = 'yarn-a';
const OPERATION_MS = 420_000;
const TEST_MS = 600_000;
/** Chosen by the person; Flink takes any. */
const HAND_JOB_ID = 'ab'.repeat(16);

/** Texts that a shell, YAML, Java's command line or somebody who splits at commas would change. */
const ODD = [
  ...[
    'two words',
    ' lead and trail ',
    '\ttab',
    '',
    'line one\nline two',
    'a\r\nb',
    'no\u00a0break',
    '\u0085',
    '\u2028',
  ],
  ...["single ' quote", 'double " quote', "'quoted'", '"quoted"', "it''s", '\\"', "\\'", 'back\\slash', '\\n', '%d'],
  ...['$HOME', '${HOME}', '`id`', '$(id)', '{{X}}', '<LOG_DIR>', 'a;b', 'x,y', 'a|b', 'a && b', '> file', '*', '~'],
  ...['a # comment', '#x', 'a: map', 'trailing:', '{a: b}', '[x, y]', '- x', '!tag', '&a *b', '@', '|', '>'],
  ...['--', '-D', '-s', '--help', 'null', 'true', '0123', '1e3', 'ünïcödé ✓ 漢字 😀'],
];
const ODD_VALUE = `two words, 'single' "double" # : {a: b} $HOME back\\slash; ünïcödé ✓ 😀`;
const VALUES = {
  'sluice.test': ODD_VALUE,
  'containerized.master.env.GREETING': "it's #1: a $USER",
  'containerized.taskmanager.env.GREETING': "it's #1: a $USER",
};
const ODD_OPTION = '-Dsluice.test=two words, # : %d {a} (b) * ~';

/** Keys that Flink's client sets by itself, from its command line. */
const SAID_BY_THE_CLIENT = new Set([
  '$internal.application.main',
  '$internal.application.program-args',
  '$internal.yarn.log-config-file',
  'execution.target',
  'internal.cluster.execution-mode',
  'pipeline.jars',
  'high-availability.cluster-id',
]);

interface Application {
  readonly id: string;
  /** By where it was read: what YARN was told, and the containers of JobManager and TaskManager. */
  readonly facts: Facts;
}

type Started = NonNullable<JobBody['deployment']> & { readonly job: string; readonly launcher: Launcher };

const cluster = () => {
  const found = stack.clusters.find(({ name }) => name === CLUSTER);
  if (found === undefined) throw new Error(`the stack has no cluster ${CLUSTER}`);
  return found;
};

async function gather(id: string, names: Readonly<Record<string, string>>): Promise<Application> {
  const containers = await containersOf(id, OPERATION_MS);
  const [taskManager = ''] = containers.taskManagers;
  const [submission, jobManager, worker] = await Promise.all([
    submissionOf(CLUSTER, id),
    launchOf(CLUSTER, id, containers.jobManager),
    launchOf(CLUSTER, id, taskManager),
  ]);
  const own = { ...names, [containers.jobManager]: 'master', [taskManager]: 'worker', [id]: 'application' };
  const facts = { ...of('YARN', submission), ...of('JobManager', jobManager), ...of('TaskManager', worker) };
  return { id, facts: anonymous(facts, own) };
}

const OF_THE_MOMENT = /^environment (APP_SUBMIT_TIME_ENV|LOCALIZATION_COUNTERS)$/;

const of = (where: string, facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts)
      .filter(([name]) => !OF_THE_MOMENT.test(name))
      .map(([name, value]) => [`${where}: ${name}`, value]),
  );

/** Names that are never the same twice give way to what they name; of random ports and folders only the digits. */
function anonymous(facts: Facts, names: Readonly<Record<string, string>>): Facts {
  const replaced = (text: string): string =>
    Object.entries(names)
      .reduce((all, [name, what]) => all.replaceAll(name, `<${what}>`), text)
      .replace(/(\.port='|flink-web-)[-0-9a-f]+/g, '$1<random>');
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [replaced(name), replaced(value)]));
}

describe.each(['1.20.1', '2.1.0'] as const)('Flink %s', (flinkVersion) => {
  const name = newJobName(`wire-${flinkVersion.slice(0, 1)}`);
  const jobOf = (by: Launcher | 'hand'): string => `${name}-${by}`;
  const args = ['--observer', 'env:SLUICE_OBSERVER', '--rate', '20', '--echo-args', 'true'];
  const notes = ODD.flatMap((text) => ['--note', text]);
  const applications = new Map<Launcher | 'hand', Application>();
  const deploys: { readonly job: string; readonly id: string }[] = [];

  beforeAll(async () => {
    const deployments = await Promise.all(launchers.map(deploy));
    await Promise.all([
      ...deployments.filter(({ launcher }) => launcher === 'direct').map(submit),
      ...deployments.map(async ({ job, applicationId, flinkJobId, launcher }) => {
        applications.set(launcher, await gather(applicationId, { [job]: 'job', [flinkJobId]: 'flink job' }));
      }),
    ]);
  }, TEST_MS);

  afterAll(async () => {
    await Promise.allSettled(deploys.map(({ job, id }) => api.ended(job, id, OPERATION_MS)));
    await endApplicationsOf(...deploys.map(({ job }) => job), jobOf('hand'));
  }, TEST_MS);

  async function deploy(launcher: Launcher): Promise<Started> {
    const job = jobOf(launcher);
    const config = { 'execution.checkpointing.interval': '1s', ...VALUES, 'env.java.opts.all': `"${ODD_OPTION}"` };
    const fields = {
      flink: { config },
      yarn: { queue: 'ads', priority: 0, tags: ['team-ads'] },
      upgrade: { launcher, timeouts: { start: '6m' }, verify: { timeout: '6m' } },
    };
    const release = await publish({ job, version: '1.0.0', flinkVersion, args: [...args.slice(4), ...notes], fields });
    const { id } = acceptedIn(await api.ask(job, 'deploy', { release }));
    deploys.push({ job, id });
    return until(`the application of ${job}`, OPERATION_MS, async () => {
      const operation = await api.operation(job, id);
      if (operation?.outcome === 'failed') throw new Error(JSON.stringify(operation.error));
      // The launcher's own application carries other tags.
      const [application] = operation === null ? [] : await applicationsOf(job);
      const deployment = application === undefined ? null : (await api.job(job)).deployment;
      if (application === undefined || deployment?.configuration == null) return null;
      return { ...deployment, job, launcher, applicationId: application.id };
    });
  }

  /** Submits as a person does who knows what Sluice deploys: its effective configuration and its command line, without a gate. */
  async function submit({ configuration, job, flinkJobId }: Started): Promise<void> {
    const text = await bucketOf(stack).get(textKey(configuration ?? ''));
    const entries = JSON.parse(text?.body ?? '[]') as ConfigEntry[]; // written by Sluice
    const config = entries
      .filter(({ key }) => !SAID_BY_THE_CLIENT.has(key) && !isOfTheAgent(key))
      .map(
        ({ key, value }) => [key, value.replaceAll(job, jobOf('hand')).replaceAll(flinkJobId, HAND_JOB_ID)] as const,
      );
    const { jars } = await buildClicks({ version: '1.0.0', flinkVersions: [flinkVersion] });
    const id = await submitByHand({
      cluster: CLUSTER,
      flinkVersion,
      config: Object.fromEntries(config),
      jar: jars[0]?.path ?? '',
      entryClass: 'com.example.Clicks',
      args: [...args, ...notes],
    });
    applications.set('hand', await gather(id, { [jobOf('hand')]: 'job', [HAND_JOB_ID]: 'flink job' }));
  }

  const started = (by: Launcher | 'hand'): Application => {
    const application = applications.get(by);
    if (application === undefined) throw new Error(`nothing was started by ${by}`);
    return application;
  };

  test.each(launchers)('by %s what reaches YARN is what reaches it by hand', (launcher) => {
    const found = differences(started('hand').facts, started(launcher).facts);
    const { unmeant, idle } = judge(found, launcher);
    expect(unmeant).toEqual([]);
    expect(idle).toEqual([]);
  });

  test.each([...launchers, 'hand'] as const)('by %s arguments arrive in main() exactly as written', async (by) => {
    const { id } = started(by);
    const line = await until(`the arguments of ${id}`, OPERATION_MS, async () => {
      const lines = (await readFile(stack.observer, 'utf8')).split('\n');
      return lines.find((text) => text.includes(`"${id}"`) && text.includes('"args":')) ?? null;
    });
    expect((JSON.parse(line) as { args: string[] }).args).toEqual([...args, ...notes]);
  });

  test.each([...launchers, 'hand'] as const)('by %s values and JVM options arrive, too', async (by) => {
    const yarn = createYarnClient({ ...cluster(), user: 'e2e' });
    const { id } = started(by);
    const address = await until(
      `the JobManager of ${id}`,
      OPERATION_MS,
      async () => (await yarn.application(id))?.amAddress ?? null,
    );
    const ask = async (path: string): Promise<unknown> => (await fetch(`http://${address}/jobmanager/${path}`)).json();
    const config = (await ask('config')) as { key: string; value: string }[];
    expect(config.find(({ key }) => key === 'sluice.test')?.value).toBe(ODD_VALUE);
    const { jvm } = (await ask('environment')) as { jvm: { options: string[] } };
    expect(jvm.options).toContain(ODD_OPTION);
  });
});
