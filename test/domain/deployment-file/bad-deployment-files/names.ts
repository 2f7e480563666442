/** Names that would lead elsewhere, deceive the eye, or not be what they are taken for. */
import { change, withConfig, withEnd, withJob, type BadFile } from './bad-file.ts';

const quoted = (text: string): string => `»${JSON.stringify(text)}`;

const JOBS: readonly (readonly [what: string, name: string])[] = [
  ['a way out', '../etc'],
  ['an absolute path', '/etc/passwd'],
  ['a backslash', '..\\etc'],
  ['percent signs', '%2e%2e%252f'],
  ['only a dot', '.'],
  ['only two dots', '..'],
  ['a dot at its end', 'clicks.'],
  ['a hyphen at its end', 'clicks-'],
  ['a hyphen before it, like an option', '-rf'],
  ['capital letters', 'Clicks'],
  ['an underscore', 'a_b'],
  ['a folder', 'a/b'],
  ['64 characters', 'a'.repeat(64)],
  ['a zero-width space', 'cl\u200bicks'],
  ['a Cyrillic letter', '\u0441licks'],
  ['a full-width letter', '\uff43licks'],
  ['a line break', 'clicks\n'],
  ['a space', 'click s'],
  ['a shell command', '$(id)'],
  ['nothing in it', ''],
];

const JARS: readonly string[] = [
  '../clicks.jar',
  '..\\clicks.jar',
  '/opt/clicks.jar',
  'lib/clicks.jar',
  's3://bucket/clicks.jar',
  'clicks.zip',
  'clicks.jar/',
  'clicks.jar.',
  '.jar',
  '..jar',
  '-x.jar',
  'a%2fb.jar',
  'a b.jar',
  'clicks.JAR',
  'clicks.jar\n',
  'clicks\u2024jar',
  '$(id).jar',
  `${'a'.repeat(200)}.jar`,
];

const CLASSES: readonly string[] = [
  'com/example/Clicks',
  'com..Clicks',
  '.Clicks',
  'Clicks.',
  '1x',
  'a b',
  'com.example.Clicks;rm',
  'com.example.$(id)',
  'com.example.Clicks\n',
  '-jar',
];

export const wrongNames: readonly BadFile[] = [
  ...JOBS.map(([what, name]): BadFile => [
    `a job's name with ${what}`,
    change('name: clicks-dev', `name: ${quoted(name)}`),
    ['name', 'name must be 1 to 63 lower-case letters'],
  ]),
  ...JARS.map((jar): BadFile => [
    `the JAR ${JSON.stringify(jar.slice(0, 40))}`,
    change('jar: clicks.jar', `jar: ${quoted(jar)}`),
    ['job.jar', 'job.jar must be a plain file name ending in .jar'],
  ]),
  ...CLASSES.map((name): BadFile => [
    `the class ${JSON.stringify(name)}`,
    change('com.example.Clicks', quoted(name)),
    ['job.entryClass', 'must be the full name of a Java class'],
  ]),
  [
    'an environment with a path',
    change('environment: dev', 'environment: »../dev'),
    ['environment', 'lower-case letters'],
  ],
  ['a cluster with a path', change('yarn-a', '»../yarn-a'), ['placement.cluster', 'the name of a cluster']],
  ['a queue with a path', withEnd('yarn: {queue: »"../x"}'), ['yarn.queue', 'the name of a YARN queue']],
  ['a queue with a line break', withEnd('yarn: {queue: »"a\\nb"}'), ['yarn.queue', 'the name of a YARN queue']],
  ['a node label with a space', withEnd('yarn: {nodeLabel: »"a b"}'), ['yarn.nodeLabel', 'a YARN node label']],
  ['a tag of Sluice', withEnd('yarn: {tags: [»sluice-job-x]}'), ['yarn.tags[0]', 'must be a YARN tag']],
  ['a tag with a comma', withEnd('yarn: {tags: [»"a,b"]}'), ['yarn.tags[0]', 'must be a YARN tag']],
  ...['../base.yaml', '/etc/base.yaml', 'base.txt', '..\\base.yaml', 'a/base.yaml', 'base.yaml\n', '%2e%2e.yaml/'].map(
    (base): BadFile => [
      `extends ${JSON.stringify(base)}`,
      withEnd(`extends: ${quoted(base)}`),
      ['extends', 'extends must be the name of a .yaml file in the same folder'],
    ],
  ),
  ['a list as extends', withEnd('extends: »[a.yaml]'), ['extends', 'must be the name of a .yaml file']],
  ['null as extends', withEnd('extends: »null'), ['extends', 'must be the name of a .yaml file']],
];

const SHARED = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty'];

/** Names that every object of JavaScript has. */
export const prototypeKeys: readonly BadFile[] = SHARED.flatMap((key): BadFile[] => [
  [`${key} as a field`, withEnd(`»${key}: {polluted: 1}`), [key, `"${key}" is not allowed as a key`]],
  [`${key} as a label`, withEnd(`labels: {»${key}: x}`), [`labels.${key}`, 'is not allowed as a key']],
  [`${key} as a link`, withEnd(`links: {»${key}: "https://example.com"}`), [`links.${key}`, 'is not allowed as a key']],
  [`${key} in job`, withJob(`»${key}: x`), [`job.${key}`, 'is not allowed as a key']],
  [
    `${key} in flink.config`,
    withConfig(`{a: {»${key}: {b: c}}}`),
    [`flink.config.a.${key}`, 'is not allowed as a key'],
  ],
  [`${key} in a dotted key`, withConfig(`{»a.${key}.b: c}`), [`flink.config.a.${key}.b`, 'is not allowed as a key']],
]);

/** Fields that are not there, most with the field that is meant. */
export const unknownFields: readonly BadFile[] = [
  [
    'a misspelt field',
    withJob('»paralelism: 4'),
    ['job.paralelism', 'unknown key "paralelism" in job: did you mean "parallelism"?'],
  ],
  ['a misspelt field elsewhere', withEnd('»paralelism: 4'), ['paralelism', 'did you mean "job.parallelism"?']],
  ['a field in the wrong place', withEnd('»queue: ads'), ['queue', 'did you mean "yarn.queue"?']],
  ['a field in the wrong case', withEnd('»Labels: {}'), ['Labels', 'did you mean "labels"?']],
  [
    'an unknown field',
    withJob('»frobnicate: 4'),
    ['job.frobnicate', 'the possible keys are type, jar, jars, files, entryClass'],
  ],
  [
    'an unknown field with an escape',
    withEnd('»"\\e[31mred": 4'),
    ['"\\u001b[31mred"', 'unknown key "\\u001b[31mred"'],
  ],
  ['an unknown field with a bidi mark', withEnd('»"\\u202egnp": 4'), ['"\\u{202e}gnp"', 'unknown key "\\u{202e}gnp"']],
  ['extends inside', withJob('»extends: a.yaml'), ['job.extends', 'write extends at the top level']],
  [
    'flinkConfiguration',
    withEnd('»flinkConfiguration: {}'),
    ['flinkConfiguration', 'here it is called "flink.config"'],
  ],
  ['flinkVersion', withEnd('»flinkVersion: v1_20'), ['flinkVersion', 'here it is called "flink.version"']],
  ['jarURI', withJob('»jarURI: "local:///x.jar"'), ['job.jarURI', 'here it is called "job.jar"']],
  ['mainClass', withJob('»mainClass: x'), ['job.mainClass', 'here it is called "job.entryClass"']],
  ['programArgs', withJob('»programArgs: x'), ['job.programArgs', 'here it is called "job.args"']],
  ['upgradeMode', withJob('»upgradeMode: savepoint'), ['job.upgradeMode', 'here it is called "upgrade.stopWith"']],
  ['spec', withEnd('»spec: {}'), ['spec', 'there is no spec here']],
  ['image', withEnd('»image: flink:1.20'), ['image', 'YARN runs no images of your own']],
  ['podTemplate', withEnd('»podTemplate: {}'), ['podTemplate', 'YARN has no pods']],
  ['savepointTriggerNonce', withJob('»savepointTriggerNonce: 1'), ['job.savepointTriggerNonce', 'sluice savepoint']],
  ['initialSavepointPath', withJob('»initialSavepointPath: x'), ['job.initialSavepointPath', 'sluice deploy --from']],
  ['jvmOptions', withEnd('»jvmOptions: x'), ['jvmOptions', 'env.java.opts.all']],
  ['a number as a field', withEnd('»7: x'), ['7', 'unknown key "7"']],
  ['null as a field', withEnd('»~: x'), ['"~"', 'unknown key']],
];
