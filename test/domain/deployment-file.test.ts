import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { deploymentJsonSchema } from '../../src/domain/deployment-file-schema.ts';
import { formatInputErrors, parseDeploymentFile } from '../../src/domain/deployment-file-parse.ts';
import { validateDeploymentFile } from '../../src/domain/deployment-file-rules.ts';
import { DeploymentFile } from '../../src/domain/deployment-file.ts';
import { smallFile as small, fullFile as full } from './deployment-file-examples.ts';

const errorsOf = (text: string): string => {
  const result = parseDeploymentFile(text);
  return result.ok ? 'no errors' : formatInputErrors(result.errors);
};

const parsed = (text: string): DeploymentFile => {
  const result = parseDeploymentFile(text);
  if (!result.ok) throw new Error(formatInputErrors(result.errors));
  return result.file;
};

/** The small file with one line replaced or, with no second argument, removed. */
const change = (line: string, by = ''): string => {
  expect(small).toContain(line);
  return small.replace(line, by);
};

const withConfig = (yaml: string) => change('  version: "1.20.1"\n', `  version: "1.20.1"\n  config: ${yaml}\n`);
const withJob = (line: string) => change('  jar: clicks.jar\n', `  jar: clicks.jar\n  ${line}\n`);
const withEnd = (line: string) => `${small}${line}\n`;

describe('a good deployment file', () => {
  it('needs twelve lines and gets every default', () => {
    expect(small.trim().split('\n').length).toBeLessThanOrEqual(13);
    expect(parsed(small)).toMatchObject({
      yarn: { queue: 'default', priority: null, nodeLabel: null, tags: [], legacyNames: [] },
      flink: { version: '1.20.1', config: {} },
      job: { type: 'streaming', args: [], parallelism: 1 },
      jobManager: { memory: '1600m', vcores: 1 },
      taskManager: { memory: '1728m', vcores: 1, slots: 1 },
      upgrade: {
        launcher: 'auto',
        maxCheckpointAge: '5m',
        timeouts: { savepoint: '11m', stop: '2m', start: '5m' },
        verify: { checkpoints: 1, maxRestarts: 0, timeout: '3m' },
        onFailedStart: 'rollback',
      },
      savepoints: { every: null, keep: { count: 7, maxAge: '30d' } },
      hotfix: { maxAge: '7d', onExpiry: 'remind' },
      autoDeploy: { enabled: false, windows: [], evenIf: [] },
    });
  });

  it('may be the full example of the design', () => {
    const file = parsed(full);
    expect(file.placement).toEqual({ cluster: 'yarn-a', backups: ['yarn-b'] });
    expect(file.flink.config).toEqual({ 'execution.checkpointing.interval': '10s' });
    expect(file.yarn.priority).toBe(0);
  });

  it('with its defaults parses to itself again', () => {
    const file = parsed(full);
    expect(validateDeploymentFile(file)).toEqual({ ok: true, file });
    expect(DeploymentFile.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });

  test.each([
    ['CRLF line ends', small.replaceAll('\n', '\r\n')],
    ['a UTF-8 byte order mark', `\ufeff${small}`],
    ['JSON', JSON.stringify(parsed(small))],
    ['a document start', `---\n${small}`],
  ])('may have %s', (_, text) => expect(errorsOf(text)).toBe('no errors'));

  it('keeps arguments exactly as written', () => {
    const args = ['', '--x=$(rm -rf /)', "it's", '"', '; | & `', 'two\nlines', ' # no comment', 'a: b', 'ümlaut 😀'];
    expect(parsed(withJob(`args: ${JSON.stringify(args)}`)).job.args).toEqual(args);
  });

  test.each([
    ['{a: {b: 1, c.d: x}, a.e: true}', { 'a.b': '1', 'a.c.d': 'x', 'a.e': 'true' }],
    [
      '{python.version: 3.10, big: 12345678901234567890, hex: 0x10}',
      { 'python.version': '3.10', big: '12345678901234567890', hex: '0x10' },
    ],
    ['{l: [a, 1, true]}', { l: '["a","1","true"]' }],
    [
      '{b: no, c: on, d: 1e3, e: 2024-01-01, f: 12:30:45}',
      { b: 'no', c: 'on', d: '1e3', e: '2024-01-01', f: '12:30:45' },
    ],
  ])('flattens flink.config %s', (yaml, expected) => expect(parsed(withConfig(yaml)).flink.config).toEqual(expected));

  test.each([
    ['a batch job that stops with none', `${withJob('type: batch')}upgrade: {stopWith: none}\n`],
    [
      'a batch job without checkpointing and a long checkpoint time-out',
      withConfig('{execution.checkpointing.timeout: 1h}').replace('  jar:', '  type: batch\n  jar:'),
    ],
    ['more retained checkpoints', withConfig('{execution.checkpointing.num-retained: 10}')],
    [
      'JVM options',
      withConfig(`{env.java.opts.all: '-Dx="a b" -XX:+UseG1GC --add-opens java.base/java.lang=ALL-UNNAMED'}`),
    ],
    [
      'environment',
      withConfig('{containerized.master.env.TZ: UTC, containerized.taskmanager.env.PATHS: "$HADOOP_HOME/lib"}'),
    ],
    [
      'smaller parts of a small JobManager',
      withConfig('{jobmanager.memory.jvm-metaspace.size: 128m}') + 'jobManager: {memory: 600m}\n',
    ],
  ])('may have %s', (_, text) => expect(errorsOf(text)).toBe('no errors'));
});

describe('a bad deployment file', () => {
  const bad: readonly (readonly [what: string, text: string, error: string])[] = [
    // YAML
    ['empty', '', 'line 1, column 1: the file must not be empty'],
    ['only comments', '# nothing\n', 'line 1, column 1: the file must not be empty'],
    ['only a document start', '---\n', 'line 1, column 1: the file must not be empty'],
    ['a list', '- a\n', 'line 1, column 1: the file must be a map of fields'],
    ['a text', 'hello\n', 'line 1, column 1: the file must be a map of fields'],
    ['an unclosed list', change('  jar: clicks.jar', '  jar: [clicks.jar'), 'this is not valid YAML'],
    [
      'a tab as indentation',
      change('  jar: clicks.jar', '\tjar: clicks.jar'),
      'line 12, column 1: indentation must be spaces, not tabs',
    ],
    ['a map where a value was begun', withEnd('labels: a: b'), 'check the indentation'],
    ['a duplicate key', withEnd('name: other'), 'line 14, column 1: "name" is given twice, first in line 3'],
    ['a duplicate key inside', withJob('jar: b.jar'), 'line 13, column 3: "jar" is given twice, first in line 12'],
    [
      'an alias',
      withEnd('description: &a hello\nlabels: {a: *a}'),
      'line 15, column 13: aliases (*) are not supported',
    ],
    ['an anchor', withEnd('description: &a hello'), 'anchors (&) are not supported'],
    ['a merge key', withEnd('<<: {a: b}'), 'merge keys (<<) are not supported'],
    ['a tag of JavaScript', withEnd('description: !!js/function x'), 'YAML tags (!) are not supported'],
    ['a tag of binary data', withEnd('description: !!binary aGVsbG8='), 'YAML tags (!) are not supported'],
    ['a tag of a text', withEnd('description: !!str x'), 'YAML tags (!) are not supported'],
    ['a list as a key', withEnd('? [a]\n: b'), 'keys must be plain texts'],
    ['two documents', `${small}---\n${small}`, 'line 14, column 1: the file must be one document'],
    ['YAML 1.1', `%YAML 1.1\n---\n${small}`, 'the %YAML directive is not supported'],
    ['NUL', change('clicks.jar', 'cli\0cks.jar'), 'line 12, column 11: the file must be UTF-8 text'],
    ['binary data', '\x7fELF\x02\x01\x01\0\0', 'the file must be UTF-8 text'],
    ['UTF-16 read as UTF-8', '\ufffd\ufffda\0p\0i\0', 'the file must be UTF-8 text'],
    [
      'another encoding',
      withEnd('description: f\ufffdr'),
      'line 14, column 15: the file must be UTF-8 text: it was saved in another encoding',
    ],
    [
      'an alias bomb',
      withEnd(
        `labels:\n  a: &a [x,x]\n${'bcdefgh'
          .split('')
          .map((c, i) => `  ${c}: &${c} [*${'abcdefg'[i] ?? ''},*${'abcdefg'[i] ?? ''}]`)
          .join('\n')}`,
      ),
      'not supported',
    ],
    ['deep nesting', withConfig('{a: '.repeat(60) + '1' + '}'.repeat(60)), 'must not be nested deeper than 32 levels'],
    ['very deep nesting', withConfig('['.repeat(20_000)), 'must not be nested deeper than 32 levels'],
    ['very deep lists', '- '.repeat(20_000), 'must not be nested deeper than 32 levels'],
    // Keys
    ['an unknown key', withEnd('foo: bar'), 'line 14, column 1: unknown key "foo": known are apiVersion'],
    [
      'a misspelled key',
      withJob('paralelism: 4'),
      'line 13, column 3: unknown key "paralelism" in job: did you mean "parallelism"?',
    ],
    ['a key in another place', withEnd('parallelism: 4'), 'unknown key "parallelism": did you mean "job.parallelism"?'],
    ['another case', withEnd('taskmanager: {slots: 1}'), 'unknown key "taskmanager": here it is called "taskManager"'],
    ['the jobmanager of the operator', withEnd('jobmanager: {}'), 'here it is called "jobManager"'],
    ['flinkConfiguration', withEnd('flinkConfiguration: {}'), 'here it is called "flink.config"'],
    ['jarURI', withJob('jarURI: local:///x.jar'), 'here it is called "job.jar"'],
    ['mainClass', withJob('mainClass: X'), 'here it is called "job.entryClass"'],
    ['entrypointClass', withJob('entrypointClass: X'), 'here it is called "job.entryClass"'],
    ['upgradeMode', withJob('upgradeMode: savepoint'), 'here it is called "upgrade.stopWith"'],
    ['savepointTriggerNonce', withJob('savepointTriggerNonce: 1'), '`sluice savepoint <job>`'],
    ['state', withJob('state: running'), '`sluice stop <job>`'],
    ['spec', 'apiVersion: sluice/v1\nspec: {}\n', 'its fields stand at the top level'],
    ['extends without its base', withEnd('extends: base.yaml'), 'line 14, column 1: extends must be resolved first'],
    ['__proto__', withEnd('__proto__: {polluted: true}'), 'line 14, column 1: "__proto__" is not allowed as a key'],
    ['constructor', withEnd('labels: {constructor: x}'), '"constructor" is not allowed as a key'],
    ['prototype in flink.config', withConfig('{a: {prototype: x}}'), '"prototype" is not allowed as a key'],
    ['__proto__ in a dotted key', withConfig('{a.__proto__.b: x}'), 'is not allowed as a key'],
    // Values
    ['a missing field', change('  jar: clicks.jar\n'), 'line 11, column 1: job.jar is required: '],
    ['a missing map', change('owner: {team: ads-streaming}\n'), 'line 1, column 1: owner.team is required: Team'],
    ['a map that is null', change('owner: {team: ads-streaming}', 'owner:'), 'owner must be a map, got null'],
    [
      'a map that is a text',
      change('owner: {team: ads-streaming}', 'owner: ads'),
      'line 6, column 8: owner must be a map, got "ads"',
    ],
    ['a list that is a text', withJob('args: --topic clicks'), 'line 13, column 9: job.args must be a list'],
    [
      'a number in a list of texts',
      withJob('args: [--port, 8080]'),
      'line 13, column 18: job.args[1] must be a string: write "8080" with quotes',
    ],
    [
      'a word as a number',
      withJob('parallelism: four'),
      'line 13, column 16: job.parallelism must be a positive whole number, got "four"',
    ],
    ['zero', withJob('parallelism: 0'), 'job.parallelism must be a positive whole number, got 0'],
    ['a fraction', withJob('parallelism: 1.5'), 'job.parallelism must be a positive whole number, got 1.5'],
    ['infinity', withJob('parallelism: .inf'), 'job.parallelism must be a positive whole number, got .inf'],
    ['a number beyond all bounds', withJob('parallelism: 99999999999999999999'), 'job.parallelism must be'],
    ['a number in quotes', withJob('parallelism: "4"'), 'job.parallelism must be a positive whole number, got "4"'],
    [
      'an unquoted version',
      change('"1.20.1"', '1.20'),
      'line 10, column 12: flink.version must be a string: write "1.20" with quotes (YAML reads 1.20 as the number 1.2)',
    ],
    [
      'a version that is none',
      change('"1.20.1"', 'latest'),
      'flink.version must be a Flink version such as "1.20.1", got "latest"',
    ],
    ['no as a boolean', withEnd('autoDeploy: {enabled: no}'), 'autoDeploy.enabled must be true or false, got "no"'],
    [
      'an unknown choice',
      withEnd('upgrade: {stopWith: savepont}'),
      'upgrade.stopWith must be one of savepoint, checkpoint, none (did you mean savepoint?), got "savepont"',
    ],
    ['another API version', change('sluice/v1', 'flink.apache.org/v1beta1'), 'apiVersion must be "sluice/v1"'],
    ['another kind', change('FlinkJob', 'FlinkDeployment'), 'kind must be "FlinkJob", got "FlinkDeployment"'],
    [
      'a duration without a unit',
      withEnd('upgrade: {timeouts: {stop: 120}}'),
      'upgrade.timeouts.stop must be a duration such as 30s, 5m or 1h, got 120',
    ],
    [
      'a duration that is none',
      withEnd('upgrade: {timeouts: {stop: soon}}'),
      'upgrade.timeouts.stop must be a duration',
    ],
    [
      'a duration that is too long',
      withEnd('upgrade: {timeouts: {stop: 400d}}'),
      'upgrade.timeouts.stop must be a duration from 10s to 1h, got "400d"',
    ],
    [
      'memory without a unit',
      withEnd('taskManager: {memory: 4096}'),
      'taskManager.memory must be a memory size such as 1600m or 4g, got 4096',
    ],
    ['memory of Kubernetes', withEnd('taskManager: {memory: 4Gi}'), 'taskManager.memory must be a memory size'],
    ['negative memory', withEnd('taskManager: {memory: -1g}'), 'taskManager.memory must be a memory size'],
    ['no slots', withEnd('taskManager: {slots: 0}'), 'taskManager.slots must be a positive whole number, got 0'],
    ['a null value in flink.config', withConfig('{a.b: null}'), 'flink.config.a.b must have a value'],
    [
      'a list of maps in flink.config',
      withConfig('{a.b: [{c: d}]}'),
      'flink.config.a.b must be a list of plain values',
    ],
    ['a key with spaces in flink.config', withConfig('{"a b": c}'), 'is not a Flink configuration key'],
    [
      'a key twice, nested and dotted',
      withConfig('{a: {b: 1}, a.b: 2}'),
      'flink.config.a.b is given twice, nested and dotted',
    ],
    ['a label that is a number', withEnd('labels: {tier: 1}'), 'labels.tier must be a string: write "1" with quotes'],
    ['a script as a link', withEnd('links: {x: "javascript:alert(1)"}'), 'links.x must be an http or https address'],
    // Names
    ...[
      '../etc',
      '-rf',
      'Clicks',
      'a_b',
      'a'.repeat(64),
      'cl\u200bicks',
      'сlicks',
      '%2e%2e%252f',
      '.',
      'a/b',
      'a-',
    ].map(
      (name) =>
        [
          `the name ${name}`,
          change('name: clicks-dev', `name: "${name}"`),
          'name must be 1 to 63 lower-case letters',
        ] as const,
    ),
    ['a name with a line break', change('name: clicks-dev', 'name: "clicks\\n"'), 'name must be 1 to 63'],
    ...[
      '../clicks.jar',
      '/opt/clicks.jar',
      's3://bucket/clicks.jar',
      'clicks.zip',
      '.jar',
      '-x.jar',
      'a%2fb.jar',
      'a b.jar',
    ].map(
      (jar) =>
        [
          `the JAR ${jar}`,
          change('jar: clicks.jar', `jar: "${jar}"`),
          'job.jar must be a plain file name ending in .jar',
        ] as const,
    ),
    ...['com/example/Clicks', 'com..Clicks', '1x', 'a b', 'com.example.Clicks;rm'].map(
      (name) =>
        [
          `the class ${name}`,
          change('com.example.Clicks', `"${name}"`),
          'job.entryClass must be the full name of a Java class',
        ] as const,
    ),
    [
      'a team with a right-to-left mark',
      change('ads-streaming', '"ads\\u202e"'),
      'owner.team must not contain control or invisible characters',
    ],
    ['a queue with a path', withEnd('yarn: {queue: "../x"}'), 'yarn.queue must be the name of a YARN queue'],
    ['a tag of Sluice', withEnd('yarn: {tags: [sluice-job-x]}'), 'yarn.tags[0] must be a YARN tag'],
    ['too many tags', withEnd('yarn: {tags: [a, b, c, d, e, f, g]}'), 'yarn.tags must have at most 6 items'],
    [
      'half a character in an argument',
      withJob('args: ["\\ud800"]'),
      'job.args[0] must not contain NUL or half characters',
    ],
    ['NUL in an argument', withJob('args: ["\\0"]'), 'job.args[0] must not contain NUL'],
    [
      'too many arguments',
      withJob(`args: [${'x'.repeat(40_000)}]`),
      'job.args must have at most 32768 characters in all',
    ],
    // Rules
    [
      'stopWith none for a streaming job',
      withEnd('upgrade: {stopWith: none}'),
      'upgrade.stopWith must be savepoint or checkpoint',
    ],
    [
      'a savepoint time-out below the default',
      withEnd('upgrade: {timeouts: {savepoint: 5m}}'),
      'line 14, column 33: upgrade.timeouts.savepoint must be at least 11m',
    ],
    [
      'a savepoint time-out below that of checkpoints',
      withConfig('{execution.checkpointing.timeout: 20 min}'),
      'upgrade.timeouts.savepoint must be at least 21m',
    ],
    [
      'a checkpoint time-out that is none',
      withConfig('{execution.checkpointing.timeout: long}'),
      'flink.config.execution.checkpointing.timeout must be a duration',
    ],
    ['a JobManager without heap', withEnd('jobManager: {memory: 600m}'), 'jobManager.memory must be at least 672m'],
    [
      'a JobManager whose parts eat all',
      withConfig('{jobmanager.memory.off-heap.size: 1200m}'),
      'jobManager.memory must be at least 1744m',
    ],
    [
      'itself as a backup',
      change('{cluster: yarn-a}', '{cluster: yarn-a, backups: [yarn-a]}'),
      'placement.backups[0] must not be placement.cluster itself',
    ],
    [
      'a backup twice',
      change('{cluster: yarn-a}', '{cluster: yarn-a, backups: [b, b]}'),
      'placement.backups[1] must not be given twice',
    ],
    [
      'automatic failover to nowhere',
      withEnd('recovery: {failover: {mode: automatic}}'),
      'recovery.failover.mode must be manual',
    ],
    [
      'a backoff that shrinks',
      withEnd('recovery: {restart: {backoff: {initial: 10m}}}'),
      'recovery.restart.backoff.initial must not be longer than max',
    ],
    ...[
      ['parallelism.default: 4', 'is said by job.parallelism'],
      [
        'taskmanager: {memory: {process: {size: 4g}}}',
        'flink.config.taskmanager.memory.process.size is said by taskManager.memory',
      ],
      ['taskmanager.numberOfTaskSlots: 2', 'is said by taskManager.slots'],
      ['yarn.containers.vcores: 2', 'is said by taskManager.vcores'],
      ['yarn.appmaster.vcores: 2', 'is said by jobManager.vcores'],
      ['yarn.application.queue: x', 'is said by yarn.queue'],
      ['jobmanager.memory.process.size: 2g', 'is said by jobManager.memory'],
      ['jobmanager.memory.flink.size: 2g', 'only sizing by process size is supported'],
      ['jobmanager.heap.size: 2g', 'only sizing by process size is supported'],
      ['state.checkpoints.dir: "s3://x"', 'is owned by Sluice: where the job keeps its state'],
      ['execution: {checkpointing: {dir: "s3://x"}}', 'flink.config.execution.checkpointing.dir is owned by Sluice'],
      ['state.savepoints.dir: "s3://x"', 'is owned by Sluice'],
      [
        'execution.checkpointing.externalized-checkpoint-retention: DELETE_ON_CANCELLATION',
        'always RETAIN_ON_CANCELLATION',
      ],
      ['execution.savepoint.path: "s3://x"', 'restore points are chosen by the operation'],
      ['execution.savepoint-restore-mode: CLAIM', 'it is always NO_CLAIM'],
      ['state.checkpoints.num-retained: 1', 'must be a whole number of at least 3'],
      ['yarn.tags: x', 'is owned by Sluice'],
      ['yarn.application.name: x', 'is owned by Sluice'],
      ['yarn.application-attempts: 2', 'a second attempt would start from an old restore point'],
      ['high-availability.cluster-id: x', 'is owned by Sluice'],
      ['$internal.pipeline.job-id: x', 'is owned by Sluice: it is internal to Flink'],
      ['pipeline.jars: x', 'use job.jar'],
      ['execution.shutdown-on-application-finish: true', 'is owned by Sluice'],
      ['yarn.container-start-command-template: x', 'is owned by Sluice'],
      ['security.kerberos.login.keytab: /x', 'is owned by the platform'],
      ['s3.access-key: AKIA', 'would be a secret in plain text'],
      ['s3.secret-key: canary', 'would be a secret in plain text'],
      ['containerized.master.env.AWS_SECRET_ACCESS_KEY: canary', 'would be a secret in plain text'],
      ['containerized.master.env.SLUICE_JOB: x', 'is owned by Sluice: SLUICE_JOB is set for each start'],
      ['containerized.master.env.X: "`id`"', 'YARN puts it into a shell script'],
      ['containerized.master.env.A-B: x', 'does not name an environment variable'],
      ['env.java.opts.all: "-Dx=`id`"', 'must not contain one of ` $ ; & | < >'],
      ['env.java.opts.all: "-Dx=$HOME"', 'must not contain one of ` $ ; & | < >'],
      ['env.java.opts.jobmanager: "-Dx=1; rm -rf /"', 'must not contain one of ` $ ; & | < >'],
      ['env.java.opts.taskmanager: "-Dx=1\\n-Dy=2"', 'must not contain a line break'],
      ['env.java.opts.all: "-Dx=\'a"', 'must not contain a quote that is not closed'],
      ['env.java.opts.all: "-Xmx4g"', 'the sizes follow from jobManager.memory'],
      ['env.java.opts: "evil.Main"', 'would be taken for the main class'],
      ['{state.backend: hashmap, state.backend.type: rocksdb}', 'state.backend is an old name of state.backend.type'],
    ].map(
      ([yaml = '', error = '']) =>
        [`flink.config ${yaml}`, withConfig(yaml.startsWith('{') ? yaml : `{${yaml}}`), error] as const,
    ),
  ];

  test.each(bad)('%s is refused', (_, text, error) => expect(errorsOf(text)).toContain(error));

  it('is refused with everything that is wrong, from top to bottom', () => {
    const text = change('  jar: clicks.jar', '  jarURI: x\n  parallelism: four')
      .replace('"1.20.1"', '1.20')
      .replace('clicks-dev', 'Clicks');
    expect(parseDeploymentFile(text, { fileName: 'clicks-dev.yaml' })).toMatchObject({
      ok: false,
      errors: [
        { path: 'name', line: 3, column: 7 },
        { path: 'flink.version', line: 10, column: 12 },
        { path: 'job.jar', line: 11, column: 1 },
        { path: 'job.jarURI', line: 12, column: 3 },
        { path: 'job.parallelism', line: 13, column: 16 },
      ],
    });
  });

  it('is named in each line of the report', () => {
    const result = parseDeploymentFile(withJob('parallelism: four'));
    expect(result.ok || formatInputErrors(result.errors, 'clicks-dev.yaml')).toBe(
      'clicks-dev.yaml: line 13, column 16: job.parallelism must be a positive whole number, got "four"',
    );
  });

  it('never repeats a secret or an argument', () => {
    const text = withConfig('{s3.secret-key: canary-1}').replace('  jar:', '  args: [{a: canary-2}, 42424242]\n  jar:');
    expect(errorsOf(text)).not.toMatch(/canary/);
  });

  it('does not pollute prototypes', () => {
    parseDeploymentFile(withEnd('__proto__: {polluted: 1}\nlabels: {__proto__: {polluted: 1}}'));
    validateDeploymentFile(JSON.parse('{"__proto__": {"polluted": 1}, "labels": {"__proto__": {"polluted": 1}}}'));
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test.each([
    ['50 MB', 'x'.repeat(50_000_000), 500],
    ['256 KiB in bytes, not characters', withEnd(`description: ${'ü'.repeat(140_000)}`), 500],
    [
      'forty thousand unknown keys',
      Array.from({ length: 40_000 }, (_, i) => `${i.toString(36)}:`)
        .join('\n')
        .slice(0, 250_000),
      5000,
    ],
    ['a quarter megabyte of braces', '{'.repeat(250_000), 5000],
  ])('of %s is refused fast', (_, text, milliseconds) => {
    const start = performance.now();
    expect(parseDeploymentFile(text).ok).toBe(false);
    expect(performance.now() - start).toBeLessThan(milliseconds);
  });

  it.each([null, undefined, 1, 'x', []])('that is %s instead of an object is refused', (value) => {
    expect(validateDeploymentFile(value)).toEqual({
      ok: false,
      errors: [{ path: '', message: 'the file must be a map of fields' }],
    });
  });

  it('nested endlessly is refused as an object too', () => {
    const root: Record<string, unknown> = {};
    root['flink'] = { config: root };
    expect(validateDeploymentFile(root)).toMatchObject({ ok: false });
  });
});

describe('the JSON schema', () => {
  const schema = deploymentJsonSchema();

  it('is of draft 2020-12 and requires nothing of a file with extends', () => {
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.required).toBeUndefined();
    expect(schema['else']).toMatchObject({
      required: ['apiVersion', 'kind', 'name', 'environment', 'owner', 'placement', 'flink', 'job'],
      properties: { job: { required: ['jar', 'entryClass'] } },
    });
  });

  it('describes every field', () => {
    const undescribed: string[] = [];
    const visit = (node: typeof schema, path: string) => {
      for (const [name, property] of Object.entries(node.properties ?? {})) {
        if (!property.description) undescribed.push(`${path}${name}`);
        visit(property, `${path}${name}.`);
      }
    };
    visit(schema, '');
    expect(undescribed).toEqual([]);
  });

  it('knows the fields of the example in the design', () => {
    const design = readFileSync(new URL('./deployment-file-examples.ts', import.meta.url), 'utf8');
    expect(Object.keys(schema.properties ?? {}).filter((name) => !design.includes(name))).toEqual([]);
  });
});
