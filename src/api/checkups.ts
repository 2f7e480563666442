/** What `sluice doctor` looks at: each check with its sentence and with what to do. It looks only; it never acts. */

interface Checkup {
  readonly group: 'set-up' | 'jobs';
  /** What is true when all is well. */
  readonly meaning: string;
  /** What to do when it is not. */
  readonly hint: string;
}

export const checkups = {
  temporal: {
    group: 'set-up',
    meaning: 'Temporal answers and has the namespace.',
    hint: 'Check `temporal.address` and `temporal.namespace` of the configuration.',
  },
  retention: {
    group: 'set-up',
    meaning: 'Temporal keeps closed runs for a week at least; older operations are read from S3.',
    hint: 'Set the retention of the namespace: `temporal operator namespace update --retention 7d`.',
  },
  searchAttributes: {
    group: 'set-up',
    meaning: 'The search attributes of jobs are registered as keywords.',
    hint: 'Start a worker: it registers what is missing.',
  },
  workers: {
    group: 'set-up',
    meaning: 'A worker polls the task queue for workflows and for activities.',
    hint: 'Start a worker with this configuration; look at its log if it runs already.',
  },
  watch: {
    group: 'set-up',
    meaning: 'The watch of each cluster is open and was heard of within two minutes.',
    hint: 'A worker starts the watches within five minutes; look at `cluster:<name>` in Temporal.',
  },
  storage: {
    group: 'set-up',
    meaning: 'The bucket can be written and read.',
    hint: 'Check `s3` of the configuration, the credentials, and what they may do.',
  },
  conditionalWrites: {
    group: 'set-up',
    meaning: 'The bucket enforces conditional writes: claims and fences depend on it.',
    hint: 'Use an S3 that enforces If-None-Match and If-Match. Without it nothing keeps two instances of a job apart.',
  },
  clocks: {
    group: 'set-up',
    meaning: 'The clocks of this machine, of S3 and of the nodes agree to half a minute.',
    hint: 'Let NTP set the clocks.',
  },
  resourceManager: {
    group: 'set-up',
    meaning: 'The ResourceManager of each cluster answers and is active.',
    hint: 'Check `resourceManager` of the cluster in the configuration, and the ResourceManager itself.',
  },
  submission: {
    group: 'set-up',
    meaning: 'The ResourceManager lets this user submit over REST.',
    hint: 'Let the user of the configuration submit: `yarn.webapp.enable-rest-app-submissions`, its proxies and access lists.',
  },
  nodes: {
    group: 'set-up',
    meaning: 'NodeManagers are up and healthy.',
    hint: 'Look at the nodes that are named in the ResourceManager.',
  },
  queues: {
    group: 'set-up',
    meaning: 'Queues are running and take applications.',
    hint: 'Look at the queues that are named; jobs of those cannot be started now.',
  },
  distributions: {
    group: 'set-up',
    meaning: 'Each Flink distribution in S3 is complete.',
    hint: 'Publish the distribution anew below the folder that `flink.distributions` names.',
  },
  lostJobs: {
    group: 'jobs',
    meaning: 'Every job that S3 knows has its workflow.',
    hint: '`sluice recover <job>`, or `sluice recover --all`: nothing is started, nothing is stopped.',
  },
  orphans: {
    group: 'jobs',
    meaning: 'Every application with the name or tags of a job is the one that the job knows.',
    hint: 'Take it over with `sluice adopt`, or end it with `yarn application -kill`.',
  },
  launchers: {
    group: 'jobs',
    meaning: 'Every launcher application belongs to a start that is under way.',
    hint: 'End it with `yarn application -kill`: whatever it was to start is closed.',
  },
  disagreements: {
    group: 'jobs',
    meaning: 'What jobs say of themselves is what their records and YARN say.',
    hint: 'The watch tells the job within five minutes; any operation, such as a savepoint, makes it look at once.',
  },
  unclosedStarts: {
    group: 'jobs',
    meaning: 'Every start is closed once its application is over.',
    hint: 'The next operation of the job settles it; until then its cluster must answer for the job to be started.',
  },
  staging: {
    group: 'jobs',
    meaning: 'Staging folders belong to starts that may run.',
    hint: 'Remove the folders that are named; nothing reads them any more.',
  },
} as const satisfies Record<string, Checkup>;

export type CheckName = keyof typeof checkups;

export interface Finding {
  readonly check: CheckName;
  readonly level: 'ok' | 'warning' | 'broken';
  /** The cluster, job, application or file that it is about; null for the whole. */
  readonly subject: string | null;
  readonly detail: string;
}

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
