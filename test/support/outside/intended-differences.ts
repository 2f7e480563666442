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

const GATE = 'case $CONTAINER_ID in *_01_*) ;; *) exit 64 ;; esac; exec ';

const NOT_ATTACHED: Intended = {
  reason: 'main() does not wait in execute(), as with the option --detached of the client, unless it is a batch job',
  facts: /^configuration execution\.attached$/,
  isMeant: ({ byHand, bySluice }) => byHand === 'true' && bySluice === 'false',
};

const DIRECT: readonly Intended[] = [
  {
    reason: 'a second attempt exits before Flink starts, and the shell gives way to Flink',
    facts: /^command$/,
    isMeant: ({ name, byHand, bySluice }) => name.startsWith('TaskManager') || bySluice === GATE + byHand,
  },
  {
    reason: 'the client tells its class paths in the configuration, else the JobManager passes them on as an option',
    facts: /^(configuration pipeline\.classpaths|command)$/,
    isMeant: ({ name, byHand, bySluice }) =>
      name.endsWith('classpaths')
        ? byHand === '[]'
        : name.startsWith('JobManager') ||
          name.startsWith('YARN') ||
          bySluice.replace(" -Dpipeline.classpaths='[]'", '') === byHand,
  },
  {
    reason: "an empty entry of a class path is the container's folder: written as `.`",
    facts: /^environment (_FLINK_)?CLASSPATH$/,
    isMeant: ({ byHand, bySluice }) => entriesOf(byHand) === entriesOf(bySluice),
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
    isMeant: ({ byHand, bySluice }) => shipped(byHand) === shipped(bySluice),
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
  {
    reason: 'a start that is closed has no gate any more, and a second attempt exits before Flink starts',
    facts: /^(command|(file|resource) gate|configuration yarn\.(ship-files|container-start-command-template))$/,
    isMeant: ({ name, byHand, bySluice }) =>
      name.endsWith('command')
        ? bySluice.startsWith('case $CONTAINER_ID') && bySluice.endsWith(`exec ${byHand}`)
        : byHand === NOTHING,
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
    reason: 'and TaskManagers get them from there, the gate too',
    facts: /^environment _CLIENT_SHIP_FILES$/,
    isMeant: ({ byHand, bySluice }) => shipped(byHand) === shipped(bySluice),
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
