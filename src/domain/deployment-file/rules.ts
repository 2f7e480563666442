/** Rules of a deployment file that concern several fields. */
import { z } from 'zod';
import { DeploymentFile } from './deployment-file.ts';
import { problemsOfIssues, type NumberAt, type Problem } from './issues.ts';
import { dotted, visible, type Path } from '../input/input-path.ts';
import { jobTypes } from './job-type.ts';
import { problemsOfFurtherFiles } from './further-files.ts';
import { misfitsOf } from './fitting-numbers.ts';
import type { InputError } from '../errors/errors.ts';
import { flattenConfig, type FlattenedConfig } from '../flink-options/flink-config.ts';
import { flagBefore, isSecretKey } from '../secrets/secret-keys.ts';
import { PROTOTYPE_KEYS } from '../input/maps.ts';
import { isMap } from '../values/is-map.ts';
import { spellingsOf } from '../flink-options/key-spellings.ts';
import { refuseFrameworkKeys } from '../flink-options/framework-owned.ts';
import { problemOfValue } from '../flink-options/option-values.ts';
import { divideJobManagerMemory } from '../flink-options/job-manager-memory.ts';
import { problemOfTaskManagerMemory } from '../flink-options/task-manager-memory.ts';
import { MEBIBYTE, parseMemory } from '../input/memory-size.ts';

/** A valid file with all defaults, or all its errors. */
export type DeploymentFileResult =
  { readonly ok: true; readonly file: DeploymentFile } | { readonly ok: false; readonly errors: readonly InputError[] };

const MAX_DEPTH = 40;
/** The fields that rules read. An invalid field takes a harmless value, because the schema already reports it. */
const Readable = z.object({
  job: z
    .object({
      type: z.enum(jobTypes).default('streaming').catch('streaming'),
      parallelism: z.int().default(1).catch(1),
      args: z.array(z.unknown()).default([]).catch([]),
      jar: z.string().catch(''),
      jars: z.array(z.unknown()).catch([]),
      files: z.array(z.unknown()).catch([]),
    })
    .catch({ type: 'streaming', parallelism: 1, args: [], jar: '', jars: [], files: [] }),
  placement: z
    .object({ cluster: z.string().catch(''), backups: z.array(z.string()).catch([]) })
    .catch({ cluster: '', backups: [] }),
  jobManager: z.object({ memory: z.string().default('1600m').catch('') }).catch({ memory: '1600m' }),
  taskManager: z
    .object({ memory: z.string().default('1728m').catch(''), slots: z.int().min(1).default(1).catch(1) })
    .catch({ memory: '1728m', slots: 1 }),
  upgrade: z
    .object({
      stopWith: z.string().catch('savepoint'),
      maxCheckpointAge: z.string().optional().catch(''),
      timeouts: z.object({ savepoint: z.string().optional().catch('') }).catch({}),
      verify: z
        .object({
          checkpoints: z.int().default(1).catch(1),
          timeout: z.string().optional().catch(''),
          stableFor: z.string().nullable().default(null).catch(null),
        })
        .catch({ checkpoints: 1, timeout: '', stableFor: null }),
    })
    .catch({ stopWith: 'savepoint', timeouts: {}, verify: { checkpoints: 1, stableFor: null } }),
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
  const unreadable = Object.entries(config).flatMap(([key, text]) => {
    const problem = problemOfValue(key, text);
    return problem === null || refused.some(({ path }) => path === key)
      ? []
      : [{ path: key, message: `${key} ${problem}` }];
  });
  return [...refused, ...unreadable].map(({ path, message }) => ({
    path: ['flink', 'config', ...(writtenAt.get(path) ?? [path])],
    at: 'key',
    message: `flink.config.${message}`,
  }));
}

function problemsOfNumbersThatFit(fields: Readable, { config, writtenAt }: FlattenedConfig): Problem[] {
  return misfitsOf(fields, config).map(({ path, message }) => {
    const [, , key] = path[1] === 'config' ? path : [];
    return {
      path: key === undefined ? path : ['flink', 'config', ...keysWritten(String(key), writtenAt)],
      at: 'value',
      message,
    };
  });
}

/** The keys under which the file writes an option, in whichever spelling. */
const keysWritten = (key: string, writtenAt: FlattenedConfig['writtenAt']): readonly string[] =>
  spellingsOf(key)
    .map((name) => writtenAt.get(name))
    .find((keys) => keys !== undefined) ?? [key];

function problemsOfMemory({ jobManager, taskManager }: Readable, flattened: FlattenedConfig): Problem[] {
  // A value that Flink cannot read is reported where it stands.
  const config = Object.fromEntries(
    Object.entries(flattened.config).filter(([key, text]) => problemOfValue(key, text) === null),
  );
  const ofMaster = (mebibytes: number) => {
    const memory = divideJobManagerMemory(mebibytes, config);
    return 'problem' in memory ? memory.problem : null;
  };
  const problemOf = (path: string, size: string, divide: (mebibytes: number) => string | null): Problem[] => {
    const bytes = parseMemory(size);
    const problem = bytes === null ? null : divide(Math.floor(bytes / MEBIBYTE));
    return problem === null ? [] : [value(path, problem)];
  };
  return [
    ...problemOf('jobManager.memory', jobManager.memory, ofMaster),
    ...problemOf('taskManager.memory', taskManager.memory, (size) => problemOfTaskManagerMemory(size, config)),
  ];
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

function problemsOfStop({ job, upgrade }: Readable): Problem[] {
  if (upgrade.stopWith !== 'none' || job.type !== 'streaming') return [];
  const must = 'must be savepoint or checkpoint, because none would lose the state of a streaming job';
  return [value('upgrade.stopWith', must)];
}

/** Finds arguments that would be secrets in plain text, as in `["--password", "x"]`; a hotfix refuses the same. */
function problemsOfArguments({ job: { args } }: Readable): Problem[] {
  return args.flatMap((_, index) => {
    const flag = flagBefore(args, index);
    if (flag === '' || !isSecretKey(flag)) return [];
    const message = `job.args[${index}] would be a secret in plain text: keep secrets with the platform (credential providers, mounted files), not in files`;
    return [{ path: ['job', 'args', index], at: 'value' as const, message }];
  });
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
    ...problemsOfNumbersThatFit(readable, config),
    ...problemsOfMemory(readable, config),
    ...problemsOfPlacement(readable),
    ...problemsOfStop(readable),
    ...problemsOfArguments(readable),
    ...problemsOfFurtherFiles(readable.job).map((problem) => ({ ...problem, at: 'value' as const })),
  ];
  if (parsed.success && ofRules.length === 0) return { ok: true, file: parsed.data };
  const ofFields = parsed.success ? [] : problemsOfIssues(parsed.error.issues, raw, numberAt);
  return { ok: false, problems: atMostOneEach(ofFields, ofRules) };
}

/**
 * Reads a file that Sluice accepted when its release was published, by its shape alone: a rule that came later must not
 * keep a job from being started again with what it ran with.
 */
export function readAcceptedFile(raw: unknown): DeploymentFileResult {
  if (!isMap(raw)) return validateDeploymentFile(raw);
  const parsed = problemsOfForm(raw).length === 0 ? DeploymentFile.safeParse(raw) : null;
  return parsed?.success === true ? { ok: true, file: parsed.data } : validateDeploymentFile(raw);
}

/** Checks a deployment file that is already an object, such as JSON of the API. The errors have no positions. */
export function validateDeploymentFile(raw: unknown): DeploymentFileResult {
  const result = checkDeploymentFile(raw);
  if (result.ok) return result;
  return { ok: false, errors: result.problems.map(({ path, message }) => ({ path: dotted(path), message })) };
}
