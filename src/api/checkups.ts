/** Lists the checks of `sluice doctor`, each with its meaning and a hint. The doctor never acts on a job. */

interface Checkup {
  /** The sentence that is true when all is well. */
  readonly meaning: string;
  /** The action to take when `meaning` is not true. */
  readonly hint: string;
}

export const checkups = {
  temporal: {
    meaning: 'Temporal answers and has the namespace.',
    hint: 'Do what the finding says, or check `temporal.address` and `temporal.namespace` of the configuration.',
  },
  retention: {
    meaning: 'Temporal keeps closed runs for at least a week; older operations are read from S3.',
    hint: 'Set the retention of the namespace: `temporal operator namespace update --retention 7d`.',
  },
  searchAttributes: {
    meaning: 'The search attributes of jobs are registered as keywords.',
    hint: 'Start a worker: it registers what is missing, or prints the command for somebody who may.',
  },
  workers: {
    meaning: 'A worker has polled the task queue for workflows and for activities within two minutes.',
    hint: 'Start a worker with this configuration; look at its log if it runs already.',
  },
  watch: {
    meaning: 'The watch of each cluster is open, has sent a heartbeat within two minutes, and reaches every job.',
    hint: 'A worker starts the watches within five minutes; look at `cluster:<name>` in Temporal. For a warning about one job or application, look at the named one.',
  },
  notifications: {
    meaning: 'The notifier has looked within five minutes, and every channel took its last message.',
    hint: 'Look at `notifications:<installation>` in Temporal. For a channel, do what the finding says, then try `sluice notify test <channel>`.',
  },
  storage: {
    meaning: 'The bucket can be written and read.',
    hint: 'Check `s3` of the configuration, the credentials and their permissions.',
  },
  conditionalWrites: {
    meaning: 'The bucket enforces conditional writes: claims and fences depend on it.',
    hint: 'Use an S3 that enforces If-None-Match and If-Match. Without it nothing keeps two instances of a job apart.',
  },
  clocks: {
    meaning: 'The clocks of this machine, of S3 and of the nodes agree within half a minute.',
    hint: 'Let NTP set the clocks.',
  },
  resourceManager: {
    meaning: 'The ResourceManager of each cluster answers and is active.',
    hint: 'Check `resourceManager` of the cluster in the configuration, and the ResourceManager itself.',
  },
  submission: {
    meaning: 'The ResourceManager lets this user submit over REST, which every launcher needs, shell-runner too.',
    hint: 'Let the user of the configuration submit: `yarn.webapp.enable-rest-app-submissions`, its proxies and access lists.',
  },
  nodes: {
    meaning: 'NodeManagers are up and healthy.',
    hint: 'Look up the named nodes in the ResourceManager.',
  },
  queues: {
    meaning: 'Queues are running and take applications.',
    hint: 'Look up the named queues in the ResourceManager; jobs cannot be started in them now.',
  },
  distributions: {
    meaning: 'Each Flink distribution in S3 is complete.',
    hint: 'Publish the distribution again below the folder that `flink.distributions` names.',
  },
  workflows: {
    meaning: 'The workflow of every job gets its tasks done.',
    hint: 'Look for the job in the log of the workers, and start newer workers if there are any. Else terminate `flink-job:<job>` in Temporal and run `sluice recover <job>`: what runs goes on meanwhile.',
  },
  records: {
    meaning: 'Every record about jobs and releases can be read.',
    hint: 'Look at the named object in S3: a newer Sluice wrote it (update this one), or another program did.',
  },
  lostJobs: {
    meaning: 'Every job with records in S3 has its workflow.',
    hint: 'Run `sluice recover <job>` or `sluice recover --all`, which start and stop nothing.',
  },
  orphans: {
    meaning: 'Every application with the name or tags of a job is the one that the job knows.',
    hint: 'Take it over with `sluice adopt`, or end it with `yarn application -kill`.',
  },
  launchers: {
    meaning: 'Every launcher application belongs to a start that is under way.',
    hint: 'End it with `yarn application -kill`: the start that it belongs to is closed.',
  },
  disagreements: {
    meaning: 'Jobs, their records and YARN agree.',
    hint: 'Wait for the watch, which tells the job within five minutes, or run an operation such as a savepoint, which makes the job look at once.',
  },
  unclosedStarts: {
    meaning: 'Every start is closed once its application has ended.',
    hint: 'Run an operation of the job, which closes the start. Until then the job can start only while the cluster of that start answers.',
  },
  foreignReleases: {
    meaning: 'Releases have deployment files only for jobs of their own project.',
    hint: 'Correct `name` in the deployment file of that release, or hand the job over with `sluice transfer`.',
  },
  staging: {
    meaning: 'Staging folders belong to starts that may run.',
    hint: 'Remove the named folders; nothing reads them any more.',
  },
} as const satisfies Record<string, Checkup>;

export type CheckName = keyof typeof checkups;

export interface Finding {
  readonly check: CheckName;
  readonly level: 'ok' | 'warning' | 'broken';
  /** The cluster, job, application or file that the finding is about; null for the whole installation. */
  readonly subject: string | null;
  readonly detail: string;
}

/**
 * Looks at everything, and never acts on a job. With `probe` it also tries what only a write can show: it writes and
 * removes an object of its own in S3, and has each ResourceManager reserve an application id that stays unused.
 */
export type Doctor = (depth: Depth) => Promise<readonly Finding[]>;
export type Depth = 'read' | 'probe';

export const fine = (check: CheckName, detail: string, subject: string | null = null): Finding => ({
  check,
  level: 'ok',
  subject,
  detail,
});
export const warning = (check: CheckName, subject: string | null, detail: string): Finding => ({
  check,
  level: 'warning',
  subject,
  detail,
});
export const broken = (check: CheckName, subject: string | null, detail: string): Finding => ({
  check,
  level: 'broken',
  subject,
  detail,
});
