import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { deploymentJsonSchema } from '../../../src/domain/deployment-file/json-schema.ts';
import { formatInputErrors, parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import { validateDeploymentFile } from '../../../src/domain/deployment-file/rules.ts';
import { DeploymentFile } from '../../../src/domain/deployment-file/deployment-file.ts';
import { smallFile as small, fullFile as full } from './examples.ts';

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
        timeouts: { savepoint: '11m', stop: '2m', start: '5m' },
        verify: { checkpoints: 1, maxRestarts: 0 },
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
    const design = readFileSync(new URL('./examples.ts', import.meta.url), 'utf8');
    expect(Object.keys(schema.properties ?? {}).filter((name) => !design.includes(name))).toEqual([]);
  });
});
