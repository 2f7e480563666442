/** In what a submission by Sluice may differ from one by hand, each with its reason. */
import { basename } from 'node:path';
import type { Facts } from './submission.ts';

export const launchers = ['direct', 'shell-runner'] as const;
export type Launcher = (typeof launchers)[number];

const NOTHING = '(nothing)';

/** A fact that differs by hand and by Sluice. */
interface Difference {
  readonly name: string;
  readonly byHand: string;
  readonly bySluice: string;
}

export function differences(byHand: Facts, bySluice: Facts): Difference[] {
  const names = [...new Set([...Object.keys(byHand), ...Object.keys(bySluice)])].sort();
  return names
    .map((name) => ({ name, byHand: byHand[name] ?? NOTHING, bySluice: bySluice[name] ?? NOTHING }))
    .filter((difference) => difference.byHand !== difference.bySluice);
}

interface Intended {
  readonly reason: string;
  /** Names of facts, without where they were read. */
  readonly facts: RegExp;
  /** Whether this very difference is meant. */
  readonly isMeant: (difference: Difference) => boolean;
}

const onlyByHand = ({ bySluice }: Difference): boolean => bySluice === NOTHING;

/** YARN's own notation of a class path has empty entries where ours says `.`: both mean the container's folder. */
const entriesOf = (classpath: string): string =>
  classpath
    .replaceAll('"', '')
    .split(':')
    .filter((entry) => entry !== '' && entry !== '.')
    .join(':');

/** The descriptors of shipped files in some order, each without where it lies and how it is shared. */
const shipped = (descriptors: string): string =>
  descriptors
    .replaceAll('"', '')
    .split(';')
    .filter((descriptor) => !/'resourceKey':'(lib\/flink-dist-|gate')/.test(descriptor))
    .map((descriptor) =>
      OWN_FILE.test(descriptor) ? descriptor.replace(/'path':.*'visibility':'\w+'/, '…') : descriptor,
    )
    .sort()
    .join(';');

const OWN_FILE = /'resourceKey':'(clicks-flink-[\d.]+\.jar|config\.yaml|log4j\.properties)'/;

const FIRST_ATTEMPT_ONLY = 'case $CONTAINER_ID in *_01_*) ;; *) exit 64 ;; esac;';
const PLUGIN = 'plugins/sluice/sluice-agent.jar';
const ENTRY = 'sluice-entry.jar';
const AGENT_ONLY = `test -f ${PLUGIN} || exit 66;`;
const DIRECT_TEMPLATE = `${AGENT_ONLY} exec `;
const RUNNER_TEMPLATE = `${FIRST_ATTEMPT_ONLY} ${AGENT_ONLY} export CLASSPATH=lib/${ENTRY}:$CLASSPATH; test -f gate || exit 65; exec `;

/** The options with which each JVM of a start finds its gate, and their values. */
const AGENT_OPTIONS: Readonly<Record<string, RegExp>> = {
  'metrics.reporter.sluice.factory.class': /^sluice\.agent\.GateReporterFactory$/,
  'metrics.reporter.sluice.gate': /^s3:\/\/sluice\/gates\/<job>\.json$/,
  'metrics.reporter.sluice.start': /^[\w-]+\/\d+$/,
  'metrics.reporter.sluice.silence': /^120000$/,
  'metrics.reporter.sluice.hold': /^540000$/,
  'metrics.reporter.sluice.signs': /^s3:\/\/sluice\/signs\/yarn-\w+\/<job>\.json$/,
  'metrics.reporter.sluice.job': /^<job>$/,
  'metrics.reporter.sluice.epoch': /^\d+$/,
  'metrics.reporter.sluice.checkpoints': /^300000$/,
  'classloader.parent-first-patterns.additional': /^sluice\.agent\.$/,
};
/** The end of Flink's notation of a list. */
const AGENT_FOLDERS = /, 's3a:\/\/sluice\/sluice\/agent\/\w+\/plugins', 's3a:\/\/sluice\/sluice\/agent\/\w+\/lib'\]$/;
const TEMPLATE = 'yarn.container-start-command-template';

/** Options that nobody sets by hand: without the agent's JARs the containers would end at once. */
export const isOfTheAgent = (key: string): boolean => key === TEMPLATE || AGENT_OPTIONS[key] !== undefined;

/** The two files of the agent, which all applications share, and nothing else of its name. */
const agentFiles = (entry: string): Intended => ({
  reason:
    'the gate is read by a plugin of Flink, and main() called by a class of ours: both are shared by all applications',
  facts: /^(file|resource) .*sluice-(agent|entry)\.jar$/,
  isMeant: ({ name, byHand, bySluice }) =>
    byHand === NOTHING && bySluice.includes('PUBLIC') && [PLUGIN, entry].some((file) => name.endsWith(` ${file}`)),
});

/** Descriptors of shipped files without those of the agent, of which there must be both. */
function withoutAgent(descriptors: string, entry: string): string | null {
  const isOfAgent = (descriptor: string): boolean =>
    [PLUGIN, entry].some((file) => descriptor.includes(`'resourceKey':'${file}'`) && descriptor.includes("'PUBLIC'"));
  const all = descriptors.replaceAll('"', '').split(';');
  return all.filter(isOfAgent).length === 2 ? all.filter((descriptor) => !isOfAgent(descriptor)).join(';') : null;
}

const GATED: readonly Intended[] = [
  {
    reason: 'a plugin of Flink reads the gate of the start in every JVM before Flink begins',
    facts: /^configuration (metrics\.reporter\.sluice\..*|classloader\.parent-first-patterns\.additional)$/,
    isMeant: ({ name, byHand, bySluice }) =>
      byHand === NOTHING && AGENT_OPTIONS[name.replace(/^.* /, '')]?.test(bySluice) === true,
  },
  {
    reason:
      'the entry class refuses to call main() where the plugin has passed no gate; it takes the program as its first argument',
    facts: /^configuration \$internal\.application\.(main|program-args)$/,
    isMeant: ({ name, byHand, bySluice }) =>
      name.endsWith('main')
        ? byHand === 'com.example.Clicks' && bySluice === 'sluice.agent.Entry'
        : bySluice === byHand.replace('[', '["com.example.Clicks",'),
  },
];

const NOT_ATTACHED: Intended = {
  reason: 'main() does not wait in execute(), as with the option --detached of the client, unless it is a batch job',
  facts: /^configuration execution\.attached$/,
  isMeant: ({ byHand, bySluice }) => byHand === 'true' && bySluice === 'false',
};

const DIRECT: readonly Intended[] = [
  ...GATED,
  agentFiles(ENTRY),
  {
    reason:
      'a second attempt and a container without the plugin exit before Flink starts, and the shell gives way to Flink',
    facts: /^command$/,
    isMeant: ({ name, byHand, bySluice }) =>
      name.startsWith('TaskManager')
        ? bySluice.startsWith(DIRECT_TEMPLATE)
        : bySluice === `${FIRST_ATTEMPT_ONLY} ${AGENT_ONLY} exec ${byHand}`,
  },
  {
    reason: 'so does a TaskManager, which Flink starts by this template',
    facts: /^configuration yarn\.container-start-command-template$/,
    isMeant: ({ byHand, bySluice }) => byHand === NOTHING && bySluice.startsWith(`${DIRECT_TEMPLATE}%java% `),
  },
  {
    reason: 'the client tells its class paths in the configuration, else the JobManager passes them on as an option',
    facts: /^(configuration pipeline\.classpaths|command)$/,
    isMeant: ({ name, byHand, bySluice }) =>
      name.endsWith('classpaths')
        ? byHand === '[]'
        : name.startsWith('JobManager') ||
          name.startsWith('YARN') ||
          bySluice.replace(" -Dpipeline.classpaths='[]'", '') === DIRECT_TEMPLATE + byHand,
  },
  {
    reason:
      "an empty entry of a class path is the container's folder: written as `.`; the entry class stands before all else",
    facts: /^environment (_FLINK_)?CLASSPATH$/,
    isMeant: ({ byHand, bySluice }) => `${ENTRY}:${entriesOf(byHand)}` === entriesOf(bySluice),
  },
  {
    reason: 'each has a staging folder of its own',
    facts: /^environment (_FLINK_YARN_FILES|_CLIENT_HOME_DIR)$/,
    isMeant: ({ byHand, bySluice }) =>
      byHand.includes('s3a://sluice/by-hand') && /s3a:\/\/sluice\/(staging\/<job>\/<flink job>\/)?"?$/.test(bySluice),
  },
  {
    reason:
      'the JAR comes from the release and is not copied; logging is shared by all applications of the distribution',
    facts: /^(resource|file) (clicks-flink-[\d.]+\.jar|config\.yaml|log4j\.properties)$/,
    isMeant: ({ name, byHand, bySluice }) => {
      const visibility = name.endsWith('log4j.properties') ? 'PUBLIC' : 'APPLICATION';
      return byHand.includes('APPLICATION') && bySluice.includes(visibility);
    },
  },
  {
    reason: 'so do those that TaskManagers get, which Flink lists in no order; flink-dist has a variable of its own',
    facts: /^environment _CLIENT_SHIP_FILES$/,
    isMeant: ({ byHand, bySluice }) => shipped(byHand) === shipped(withoutAgent(bySluice, ENTRY) ?? ''),
  },
  {
    reason: 'only its name counts in the container',
    facts: /^configuration (pipeline\.jars|\$internal\.yarn\.log-config-file)$/,
    isMeant: ({ byHand, bySluice }) => basename(byHand) === basename(bySluice),
  },
  {
    reason: 'where the client has its files: nothing in a container reads it',
    facts: /^configuration (\$internal\.deployment\.config-dir|yarn\.provided\.lib\.dirs|yarn\.staging-directory)$/,
    isMeant: onlyByHand,
  },
  {
    reason: 'the client writes down its defaults, which are also those of whom nobody tells',
    facts: /^configuration execution\.(state-recovery\.(claim-mode|ignore-unclaimed-state)|shutdown-on-attached-exit)$/,
    isMeant: (difference) => onlyByHand(difference) && ['NO_CLAIM', 'false'].includes(difference.byHand),
  },
  NOT_ATTACHED,
  {
    reason: 'the REST API of YARN cannot leave the label to the queue: nothing said becomes the default partition',
    facts: /^context node_label_expression$/,
    isMeant: ({ byHand, bySluice }) => byHand === NOTHING && bySluice === '',
  },
  {
    reason: 'the REST API of YARN writes its defaults down, and the queue of the application master with them',
    facts:
      /^context (am_container_resource_request|attempt_failures_validity_interval|cancel_tokens_when_complete|keep_containers_across_application_attempts|unmanaged_am)$/,
    isMeant: ({ name, byHand, bySluice }) =>
      byHand === NOTHING &&
      (name.endsWith('request')
        ? bySluice.includes('\\"resource_name\\":\\"*\\"')
        : ['-1', 'true', 'false'].includes(bySluice)),
  },
];

const RUNNER: readonly Intended[] = [
  NOT_ATTACHED,
  ...GATED,
  agentFiles(`lib/${ENTRY}`),
  {
    reason:
      'a start that is closed has no file `gate` any more; a second attempt and a container without the plugin exit before Flink starts',
    facts: /^(command|(file|resource) gate|configuration yarn\.(ship-files|container-start-command-template))$/,
    isMeant: ({ name, byHand, bySluice }) =>
      name.endsWith('command')
        ? bySluice === RUNNER_TEMPLATE + byHand
        : byHand === NOTHING && (!name.endsWith('template') || bySluice.startsWith(`${RUNNER_TEMPLATE}%java% `)),
  },
  {
    reason:
      "Flink's client finds the agent's JARs in folders of their own, and sorts the entry class among the libraries",
    facts: /^(configuration yarn\.provided\.lib\.dirs|environment (_FLINK_)?CLASSPATH)$/,
    isMeant: ({ name, byHand, bySluice }) =>
      name.endsWith('dirs')
        ? bySluice.replace(AGENT_FOLDERS, ']') === byHand
        : entriesOf(bySluice).replace(`lib/${ENTRY}:`, '') === entriesOf(byHand),
  },
  {
    reason: 'each has a staging folder of its own',
    facts: /^(environment (_FLINK_YARN_FILES|_CLIENT_HOME_DIR)|configuration yarn\.staging-directory)$/,
    isMeant: ({ byHand, bySluice }) =>
      byHand.replace('by-hand', '…') === bySluice.replace('staging/<job>/<flink job>', '…'),
  },
  {
    reason: 'the files of this one application lie in that folder',
    facts: /^(resource|file) (clicks-flink-[\d.]+\.jar|config\.yaml|log4j\.properties)$/,
    isMeant: ({ byHand, bySluice }) => byHand.includes('APPLICATION') && bySluice.includes('APPLICATION'),
  },
  {
    reason: 'and TaskManagers get them from there, the file `gate` too',
    facts: /^environment _CLIENT_SHIP_FILES$/,
    isMeant: ({ byHand, bySluice }) => shipped(byHand) === shipped(withoutAgent(bySluice, `lib/${ENTRY}`) ?? ''),
  },
  {
    reason: 'where the client has its files: only names count in a container',
    facts: /^configuration (pipeline\.jars|\$internal\.(yarn\.log-config-file|deployment\.config-dir))$/,
    isMeant: ({ byHand, bySluice }) => basename(byHand) === basename(bySluice),
  },
];

const INTENDED: Readonly<Record<Launcher, readonly Intended[]>> = { direct: DIRECT, 'shell-runner': RUNNER };

/** Differences that nobody means, and reasons that no difference needs any more. */
export function judge(
  found: readonly Difference[],
  launcher: Launcher,
): { readonly unmeant: readonly Difference[]; readonly idle: readonly string[] } {
  const rows = INTENDED[launcher];
  const rowsOf = ({ name }: Difference) => rows.filter(({ facts }) => facts.test(name.replace(/^\w+: /, '')));
  const isMeant = (difference: Difference): boolean => {
    const about = rowsOf(difference);
    return about.length > 0 && about.every((row) => row.isMeant(difference));
  };
  return {
    unmeant: found.filter((difference) => !isMeant(difference)),
    idle: rows.filter((row) => !found.some((one) => rowsOf(one).includes(row))).map(({ reason }) => reason),
  };
}
