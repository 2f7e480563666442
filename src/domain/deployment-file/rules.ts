/** Rules of a deployment file that concern several fields. */
import { z } from 'zod';
import { DeploymentFile } from './deployment-file.ts';
import { problemsOfIssues, type NumberAt, type Problem } from './issues.ts';
import { dotted, escaped, visible, type Path } from '../input/input-path.ts';
import { formatDuration, parseDuration } from '../input/durations.ts';
import type { InputError } from '../errors/errors.ts';
import { flattenConfig, type FlattenedConfig } from '../flink-options/flink-config.ts';
import { PROTOTYPE_KEYS } from '../input/maps.ts';
import { isMap } from '../values/is-map.ts';
import { refuseFrameworkKeys } from '../flink-options/framework-owned.ts';
import { divideJobManagerMemory } from '../flink-options/job-manager-memory.ts';
import { MEBIBYTE, parseMemory } from '../input/memory-size.ts';

/** A valid file with all defaults, or all its errors. */
export type DeploymentFileResult =
  { readonly ok: true; readonly file: DeploymentFile } | { readonly ok: false; readonly errors: readonly InputError[] };

const MAX_DEPTH = 40;
/** Flink's default of `execution.checkpointing.timeout`. */
const CHECKPOINT_TIMEOUT = '10m';
/** Time for Flink to report a savepoint that timed out, so that Flink decides before Sluice does. */
const SAVEPOINT_MARGIN_MS = 60_000;

const DURATION_KEYS = ['execution.checkpointing.timeout', 'execution.checkpointing.interval'];

/** The fields that rules read. An invalid field takes a harmless value, because the schema already reports it. */
const Readable = z.object({
  job: z.object({ type: z.string().default('streaming').catch('streaming') }).catch({ type: 'streaming' }),
  placement: z
    .object({ cluster: z.string().catch(''), backups: z.array(z.string()).catch([]) })
    .catch({ cluster: '', backups: [] }),
  jobManager: z.object({ memory: z.string().default('1600m').catch('') }).catch({ memory: '1600m' }),
  upgrade: z
    .object({
      stopWith: z.string().catch('savepoint'),
      timeouts: z.object({ savepoint: z.string().optional().catch('') }).catch({}),
    })
    .catch({ stopWith: 'savepoint', timeouts: {} }),
  recovery: z
    .object({
      restart: z
        .object({ backoff: z.object({ initial: z.string().catch('10s'), max: z.string().catch('5m') }) })
        .catch({ backoff: { initial: '10s', max: '5m' } }),
      failover: z.object({ mode: z.string().catch('manual') }).catch({ mode: 'manual' }),
    })
    .catch({ restart: { backoff: { initial: '10s', max: '5m' } }, failover: { mode: 'manual' } }),
});
type Readable = z.output<typeof Readable>;

const value = (path: string, predicate: string): Problem => ({
  path: path.split('.'),
  at: 'value',
  message: `${path} ${predicate}`,
});

function problemsOfConfig({ config, writtenAt }: FlattenedConfig): Problem[] {
  const refused = refuseFrameworkKeys(config, 'deployment file');
  const durations = DURATION_KEYS.flatMap((key) => {
    const text = config[key];
    if (text === undefined || parseDuration(text) !== null) return [];
    return [{ path: key, message: `${key} must be a duration such as 10s or 10min, got ${visible(text)}` }];
  });
  return [...refused, ...durations].map(({ path, message }) => ({
    path: ['flink', 'config', ...(writtenAt.get(path) ?? [path])],
    at: 'key',
    message: `flink.config.${message}`,
  }));
}

function problemsOfTimeouts({ job, upgrade }: Readable, { config, writtenAt }: FlattenedConfig): Problem[] {
  const key = 'execution.checkpointing.timeout';
  if (job.type !== 'streaming' && config['execution.checkpointing.interval'] === undefined) return [];
  const written = upgrade.timeouts.savepoint;
  const savepoint = parseDuration(written ?? '11m');
  const checkpoint = parseDuration(config[key] ?? CHECKPOINT_TIMEOUT);
  if (savepoint === null || checkpoint === null || savepoint >= checkpoint + SAVEPOINT_MARGIN_MS) return [];
  const needed = formatDuration(Math.ceil(checkpoint + SAVEPOINT_MARGIN_MS));
  const message = `upgrade.timeouts.savepoint must be at least ${needed}, because Flink may take ${formatDuration(checkpoint)} (${key}) and must decide first, got ${written === undefined ? 'the default "11m"' : visible(written)}`;
  const path =
    written === undefined
      ? ['flink', 'config', ...(writtenAt.get(key) ?? [key])]
      : ['upgrade', 'timeouts', 'savepoint'];
  return [{ path, at: 'value', message }];
}

function problemsOfMemory({ jobManager }: Readable, { config }: FlattenedConfig): Problem[] {
  const bytes = parseMemory(jobManager.memory);
  if (bytes === null) return [];
  const memory = divideJobManagerMemory(Math.floor(bytes / MEBIBYTE), config);
  return 'problem' in memory ? [value('jobManager.memory', memory.problem)] : [];
}

function problemsOfPlacement({ placement, recovery }: Readable): Problem[] {
  const { cluster, backups } = placement;
  const firstAt = new Map(backups.map((backup, index) => [backup, index] as const).reverse());
  const wrong = backups.flatMap((backup, index) => {
    const where: Problem['path'] = ['placement', 'backups', index];
    if (backup === cluster) {
      return [{ path: where, at: 'value' as const, message: `${dotted(where)} must not be placement.cluster itself` }];
    }
    if (firstAt.get(backup) === index) return [];
    return [{ path: where, at: 'value' as const, message: `${dotted(where)} must not be given twice` }];
  });
  return recovery.failover.mode === 'automatic' && backups.length === 0
    ? [...wrong, value('recovery.failover.mode', 'must be manual as long as placement.backups is empty')]
    : wrong;
}

function problemsOfStop({ job, upgrade, recovery }: Readable): Problem[] {
  const { initial, max } = recovery.restart.backoff;
  const problems: Problem[] = [];
  if (upgrade.stopWith === 'none' && job.type === 'streaming') {
    problems.push(
      value(
        'upgrade.stopWith',
        'must be savepoint or checkpoint, because none would lose the state of a streaming job',
      ),
    );
  }
  if ((parseDuration(initial) ?? 0) > (parseDuration(max) ?? Infinity)) {
    problems.push(value('recovery.restart.backoff.initial', `must not be longer than max (${escaped(max)})`));
  }
  return problems;
}

/** YAML takes 0x10 and 1e3 for numbers, and reads 010 as ten where some mean eight; plain digits mislead nobody. */
const PLAIN_NUMBER = /^[-+]?(0|[1-9]\d*)(\.\d+)?$/;

function problemsOfNumbers(root: unknown, numberAt: NumberAt): Problem[] {
  const problems: Problem[] = [];
  const visit = (node: unknown, path: Path) => {
    if (typeof node === 'object' && node !== null) {
      for (const [key, child] of Object.entries(node)) visit(child, [...path, Array.isArray(node) ? Number(key) : key]);
    }
    const written = Number.isFinite(node) ? numberAt(path) : undefined;
    if (written === undefined || PLAIN_NUMBER.test(written)) return;
    const message = `${dotted(path)} must be written in plain decimal digits, such as ${String(node)}, got ${visible(written)}`;
    problems.push({ path, at: 'value', message });
  };
  visit(root, []);
  return problems;
}

/** Finds keys that would reach a prototype, and nesting deeper than any field has, before other checks look inside. */
function problemsOfForm(root: unknown): Problem[] {
  const problems: Problem[] = [];
  const visit = (node: unknown, path: Path) => {
    if (typeof node !== 'object' || node === null) return;
    if (path.length > MAX_DEPTH) {
      problems.push({ path: path.slice(0, 3), at: 'value', message: `${dotted(path.slice(0, 3))} is nested too deep` });
      return;
    }
    for (const [key, child] of Object.entries(node)) {
      const here = [...path, Array.isArray(node) ? Number(key) : key];
      if (PROTOTYPE_KEYS.has(key)) {
        problems.push({ path: here, at: 'key', message: `${dotted(here)} is not allowed as a key` });
      } else visit(child, here);
    }
  };
  visit(root, []);
  return problems;
}

const configOf = (raw: Readonly<Record<string, unknown>>): FlattenedConfig => {
  const flink = raw['flink'];
  return flattenConfig(isMap(flink) && isMap(flink['config']) ? flink['config'] : {});
};

const NOT_A_MAP: Problem = { path: [], at: 'value', message: 'the file must be a map of fields' };

/** Joins problems, at most one for each field; the first list wins. */
function atMostOneEach(first: readonly Problem[], second: readonly Problem[]): Problem[] {
  const reported = new Set(first.map(({ path }) => dotted(path)));
  return [...first, ...second.filter(({ path }) => !reported.has(dotted(path)))];
}

/** Lists the problems of a file with missing fields: only those that no other file can cure. */
export function problemsOfPartialFile(raw: unknown, numberAt: NumberAt): readonly Problem[] {
  if (!isMap(raw)) return [NOT_A_MAP];
  const ofForm = problemsOfForm(raw);
  if (ofForm.length > 0) return ofForm;
  const parsed = DeploymentFile.safeParse(raw);
  const ofFields = parsed.success ? [] : problemsOfIssues(parsed.error.issues, raw, numberAt);
  return atMostOneEach(
    ofFields.filter(({ at }) => at !== 'parent'),
    [...problemsOfNumbers(raw, numberAt), ...problemsOfConfig(configOf(raw))],
  );
}

/** Checks a whole file; problems come in no order, at most one for each field. */
export function checkDeploymentFile(
  raw: unknown,
  numberAt: NumberAt = () => undefined,
):
  { readonly ok: true; readonly file: DeploymentFile } | { readonly ok: false; readonly problems: readonly Problem[] } {
  if (!isMap(raw)) return { ok: false, problems: [NOT_A_MAP] };
  const ofForm = problemsOfForm(raw);
  if (ofForm.length > 0) return { ok: false, problems: ofForm };

  const parsed = DeploymentFile.safeParse(raw);
  const config = configOf(raw);
  const readable = Readable.parse(raw);
  const ofRules = [
    ...problemsOfNumbers(raw, numberAt),
    ...problemsOfConfig(config),
    ...problemsOfTimeouts(readable, config),
    ...problemsOfMemory(readable, config),
    ...problemsOfPlacement(readable),
    ...problemsOfStop(readable),
  ];
  if (parsed.success && ofRules.length === 0) return { ok: true, file: parsed.data };
  const ofFields = parsed.success ? [] : problemsOfIssues(parsed.error.issues, raw, numberAt);
  return { ok: false, problems: atMostOneEach(ofFields, ofRules) };
}

/** Checks a deployment file that is already an object, such as JSON of the API. The errors have no positions. */
export function validateDeploymentFile(raw: unknown): DeploymentFileResult {
  const result = checkDeploymentFile(raw);
  if (result.ok) return result;
  return { ok: false, errors: result.problems.map(({ path, message }) => ({ path: dotted(path), message })) };
}
