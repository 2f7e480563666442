/** Fields with values of a wrong type, form or size. */
import { leafPaths } from '../../../../src/domain/deployment-file/json-schema.ts';
import { change, withConfig, withEnd, withJob, withValue, type BadFile } from './bad-file.ts';

const LISTS = [
  'owner.contacts',
  'placement.backups',
  'yarn.tags',
  'yarn.legacyNames',
  'job.args',
  'job.jars',
  'job.files',
  'autoDeploy.windows',
  'recovery.failover.drills.windows',
  'autoDeploy.evenIf',
];
const MAPS = ['labels', 'links', 'flink.config'];

const kindOf = (path: string): string => (LISTS.includes(path) ? 'list' : MAPS.includes(path) ? 'map' : 'value');

/** Each field there is, so that a new one is tested without being named here. */
export const wrongTypes: readonly BadFile[] = leafPaths().flatMap((path): BadFile[] => {
  switch (kindOf(path)) {
    case 'list':
      return [
        [`a text as ${path}`, withValue(path, '»text'), [path, `${path} must be a list`]],
        [`a map in ${path}`, withValue(path, '[»{a: b}]'), [`${path}[0]`, 'must be']],
        [`null in ${path}`, withValue(path, '[»null]'), [`${path}[0]`, 'must be']],
      ];
    case 'map':
      return [
        [`a text as ${path}`, withValue(path, '»text'), [path, `${path} must be a map, got "text"`]],
        [`a list as ${path}`, withValue(path, '»[a]'), [path, `${path} must be a map, got a list`]],
      ];
    default:
      return [
        [`a map as ${path}`, withValue(path, '»{a: b}'), [path, `${path} must be`]],
        [`a list as ${path}`, withValue(path, '»[a]'), [path, `${path} must be`]],
      ];
  }
});

export const wrongNumbers: readonly BadFile[] = [
  ['a word as a number', withJob('parallelism: »four'), ['job.parallelism', 'positive whole number, got "four"']],
  ['zero', withJob('parallelism: »0'), ['job.parallelism', 'positive whole number, got 0']],
  ['a negative number', withJob('parallelism: »-1'), ['job.parallelism', 'positive whole number, got -1']],
  ['a fraction', withJob('parallelism: »1.5'), ['job.parallelism', 'positive whole number, got 1.5']],
  ['infinity', withJob('parallelism: ».inf'), ['job.parallelism', 'positive whole number, got .inf']],
  ['no number', withJob('parallelism: ».nan'), ['job.parallelism', 'positive whole number, got .nan']],
  ['more than there are', withJob('parallelism: »32769'), ['job.parallelism', 'must be at most 32768']],
  ['twenty digits', withJob('parallelism: »99999999999999999999'), ['job.parallelism', 'must be']],
  ['a number beyond all bounds', withJob('parallelism: »1e400'), ['job.parallelism', 'must be']],
  [
    'an octal number',
    withJob('parallelism: »0o17'),
    ['job.parallelism', 'plain decimal digits, such as 15, got "0o17"'],
  ],
  ['a hexadecimal number', withJob('parallelism: »0x10'), ['job.parallelism', 'such as 16, got "0x10"']],
  ['a leading zero', withJob('parallelism: »010'), ['job.parallelism', 'such as 10, got "010"']],
  ['an exponent', withEnd('taskManager: {slots: »1e2}'), ['taskManager.slots', 'such as 100, got "1e2"']],
  ['an underscore', withJob('parallelism: »1_000'), ['job.parallelism', 'got "1_000"']],
  ['a number in quotes', withJob('parallelism: »"4"'), ['job.parallelism', 'positive whole number, got "4"']],
  ['true as a number', withJob('parallelism: »true'), ['job.parallelism', 'positive whole number, got true']],
  ['null where there is no null', withJob('parallelism: »null'), ['job.parallelism', 'must be']],
  ['no slots', withEnd('taskManager: {slots: »0}'), ['taskManager.slots', 'positive whole number, got 0']],
  ['a version as a number', change('"1.20.1"', '»1.20'), ['flink.version', 'write "1.20" in quotes']],
  ['a number as a text', withJob('args: [»8080]'), ['job.args[0]', 'write "8080" in quotes']],
  ['a boolean as a text', withEnd('labels: {tier: »true}'), ['labels.tier', 'write "true" in quotes']],
  ['no as a boolean', withEnd('autoDeploy: {enabled: »no}'), ['autoDeploy.enabled', 'true or false, got "no"']],
  ['one as a boolean', withEnd('autoDeploy: {enabled: »1}'), ['autoDeploy.enabled', 'true or false, got 1']],
];

const stop = (written: string) => withEnd(`upgrade: {timeouts: {stop: »${written}}}`);
const memory = (written: string) => withEnd(`taskManager: {memory: »${written}}`);
const window = (written: string) => withEnd(`autoDeploy: {windows: [»${written}]}`);
const STOP = 'upgrade.timeouts.stop';
const MEMORY = 'taskManager.memory';
const WINDOW = 'autoDeploy.windows[0]';

export const wrongForms: readonly BadFile[] = [
  ['a duration without a unit', stop('120'), [STOP, 'must be a duration such as 30s, 5m or 1h, got 120']],
  ['a duration without a unit in quotes', stop('"120"'), [STOP, 'must be a duration such as']],
  ['a duration that is none', stop('soon'), [STOP, 'must be a duration such as']],
  ['a negative duration', stop('-5m'), [STOP, 'must be a duration such as']],
  ['a fraction of a duration', stop('1.5h'), [STOP, 'must be a duration such as']],
  ['a duration of ISO 8601', stop('PT5M'), [STOP, 'must be a duration such as']],
  ['a duration of two units', stop('1h30m'), [STOP, 'must be a duration such as']],
  ['an empty duration', stop('""'), [STOP, 'must be a duration such as']],
  ['a duration that is too long', stop('400d'), [STOP, 'must be a duration from 10s to 1h, got "400d"']],
  ['a duration that is too short', stop('1s'), [STOP, 'must be a duration from 10s to 1h, got "1s"']],
  ['a duration in Arabic digits', stop('"\u0665m"'), [STOP, 'must be a duration such as']],
  ['cron as an interval', withEnd('savepoints: {every: »"0 * * * *"}'), ['savepoints.every', 'must be a duration']],
  ['memory without a unit', memory('4096'), [MEMORY, 'must be a memory size such as 1600m or 4g, got 4096']],
  ['memory of Kubernetes', memory('4Gi'), [MEMORY, 'must be a memory size such as']],
  ['negative memory', memory('-1g'), [MEMORY, 'must be a memory size such as']],
  ['memory of a fraction', memory('1.5g'), [MEMORY, 'must be a memory size such as']],
  ['no memory', memory('0m'), [MEMORY, 'must be a memory size from 256m to 1024g']],
  ['too much memory', memory('1025g'), [MEMORY, 'must be a memory size from 256m to 1024g']],
  ['memory beyond all bounds', memory('999999999999999t'), [MEMORY, 'must be a memory size']],
  ['a window in words', window('always'), [WINDOW, 'must be a window such as']],
  ['a window of cron', window('"0 9 * * 1-5"'), [WINDOW, 'must be a window such as']],
  ['a window at 25 hours', window('"Mon 25:00-26:00"'), [WINDOW, 'must be a window such as']],
  ['a window with a path as its zone', window('"Mon 09:00-10:00 ../../etc"'), [WINDOW, 'must be a window such as']],
  ['a version that is none', change('"1.20.1"', '»latest'), ['flink.version', 'must be a Flink version such as']],
  ['a version with a path', change('"1.20.1"', '»"../1.20"'), ['flink.version', 'must be a Flink version such as']],
  ['an unknown choice', withEnd('upgrade: {stopWith: »savepont}'), ['upgrade.stopWith', 'did you mean savepoint?']],
  ['an unknown type of job', withJob('type: »stream'), ['job.type', 'must be one of streaming, batch, stateless']],
  ['another API version', change('sluice/v1', '»flink.apache.org/v1beta1'), ['apiVersion', 'must be "sluice/v1"']],
  ['another kind', change('FlinkJob', '»FlinkDeployment'), ['kind', 'must be "FlinkJob", got "FlinkDeployment"']],
  ['an empty text', change('ads-streaming', '»""'), ['owner.team', 'must not be empty']],
  ['a text that is too long', withEnd(`description: »${'x'.repeat(1001)}`), ['description', 'at most 1000 characters']],
  ['a text of two lines', withEnd('description: »"a\\nb"'), ['description', 'control or invisible characters']],
  ['an escape in a text', withEnd('description: »"\\e[31mred"'), ['description', 'control or invisible characters']],
  ['a right-to-left mark', change('ads-streaming', '»"ads\\u202e"'), ['owner.team', 'control or invisible']],
  ['a zero-width space', change('ads-streaming', '»"ads\\u200bx"'), ['owner.team', 'control or invisible']],
  ['spaces around a text', change('ads-streaming', '»" ads "'), ['owner.team', 'must not begin or end with spaces']],
  ['a script as a link', withEnd('links: {x: »"javascript:alert(1)"}'), ['links.x', 'http or https address']],
  ['a file as a link', withEnd('links: {x: »"file:///etc/passwd"}'), ['links.x', 'http or https address']],
  ['a link with a space', withEnd('links: {x: »"https://example.com/a b"}'), ['links.x', 'http or https address']],
  ['HTML in a link', withEnd('links: {x: »"https://example.com/<b>"}'), ['links.x', 'http or https address']],
  ['a label name with a space', withEnd('labels: {»"a b": c}'), ['labels."a b"', 'must be a label name']],
  ['an empty label name', withEnd('labels: {»"": c}'), ['labels.""', 'must be a label name']],
  ['a half character in an argument', withJob('args: [»"\\ud800"]'), ['job.args[0]', 'NUL or half characters']],
  ['NUL in an argument', withJob('args: [»"a\\0b"]'), ['job.args[0]', 'must not contain NUL']],
  ['too many characters in arguments', withJob(`args: »[${'x'.repeat(40_000)}]`), ['job.args', 'at most 32768']],
  ['too many arguments', withJob(`args: »[${'x, '.repeat(501)}]`), ['job.args', 'at most 500 items']],
  ['too many tags', withEnd('yarn: {tags: »[a, b, c, d, e, f, g]}'), ['yarn.tags', 'at most 6 items']],
  [
    'a list with an empty value in flink.config',
    withConfig('{»a.b: [{c: null}]}'),
    ['flink.config.a.b', 'a list of plain values'],
  ],
  ['null in flink.config', withConfig('{»a.b: null}'), ['flink.config.a.b', 'must have a value']],
  ['an empty map in flink.config', withConfig('{»a.b: {}}'), ['flink.config.a.b', 'must not be an empty map']],
];
