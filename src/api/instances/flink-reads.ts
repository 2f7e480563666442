/**
 * The reads of Flink's REST API that Sluice passes on (Flink 1.20.1 and 2.1.0, `…rest.messages`). Whatever is not in the list
 * is refused, because a GET of Flink can change something:
 *
 * - `jobs/{id}/yarn-cancel` and `yarn-stop` end the job;
 * - `jars/{id}/plan` runs the program's `main()` in the JobManager;
 * - `jobs/{id}/savepoints/{trigger}` and other results of triggers let a JobManager go that waits until they are read;
 * - `jobs/{id}/execution-result` does so too with a cluster of one job;
 * - flame graphs, thread dumps and profilers hold the JVMs up.
 *
 * The list leaves out logs, which have a route of their own that hides secrets, and what the JVMs were started with.
 */
import { SluiceError } from '../../domain/errors/errors.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { redactStrings } from '../../domain/secrets/redact.ts';
import { excessOf } from '../../domain/values/bounds.ts';
import { isMap } from '../../domain/values/is-map.ts';
import { readFlink, type InstanceReaders } from './live-instance.ts';

/** A job of a thousand tasks in a hundred vertices says as much in its metrics. */
export const MOST_FLINK_BYTES = 4 * 1024 * 1024;
/** The deepest answer, statistics of checkpoints, has 8 levels. */
const BOUNDS = { levels: 32, characters: MOST_FLINK_BYTES };

/** The forms of the names in the paths. A TaskManager on YARN has the name of its container. */
const forms: Readonly<Record<string, string>> = {
  job: '[0-9a-f]{32}',
  vertex: '[0-9a-f]{32}',
  number: '\\d{1,18}',
  container: 'container_\\w{1,100}',
};

const flinkReads = [
  'config',
  'overview',
  'jobs/overview',
  'jobs/metrics',
  'jobs/{job}',
  'jobs/{job}/accumulators',
  'jobs/{job}/checkpoints',
  'jobs/{job}/checkpoints/config',
  'jobs/{job}/checkpoints/details/{number}',
  'jobs/{job}/checkpoints/details/{number}/subtasks/{vertex}',
  'jobs/{job}/config',
  'jobs/{job}/metrics',
  'jobs/{job}/plan',
  'jobs/{job}/resource-requirements',
  'jobs/{job}/status',
  'jobs/{job}/vertices/{vertex}',
  'jobs/{job}/vertices/{vertex}/accumulators',
  'jobs/{job}/vertices/{vertex}/backpressure',
  'jobs/{job}/vertices/{vertex}/jm-operator-metrics',
  'jobs/{job}/vertices/{vertex}/metrics',
  'jobs/{job}/vertices/{vertex}/subtasks/accumulators',
  'jobs/{job}/vertices/{vertex}/subtasks/metrics',
  'jobs/{job}/vertices/{vertex}/subtasks/{number}',
  'jobs/{job}/vertices/{vertex}/subtasks/{number}/attempts/{number}',
  'jobs/{job}/vertices/{vertex}/subtasks/{number}/attempts/{number}/accumulators',
  'jobs/{job}/vertices/{vertex}/subtasks/{number}/metrics',
  'jobs/{job}/vertices/{vertex}/subtasktimes',
  'jobs/{job}/vertices/{vertex}/taskmanagers',
  'jobs/{job}/vertices/{vertex}/watermarks',
  'jobmanager/metrics',
  'taskmanagers',
  'taskmanagers/metrics',
  'taskmanagers/{container}',
  'taskmanagers/{container}/metrics',
] as const;
type FlinkRead = (typeof flinkReads)[number];

const patterns = flinkReads.map((read): readonly [RegExp, FlinkRead] => {
  const pattern = read.replace(/\{(\w+)\}/g, (_braces, name: string) => forms[name] ?? '(?!)');
  return [new RegExp(`^${pattern}$`), read];
});

/** Which read of the list a path is; null for every other path. */
export const flinkReadOf = (path: string): FlinkRead | null =>
  patterns.find(([pattern]) => pattern.test(path))?.[1] ?? null;

/**
 * Asks the JobManager of a running deployment, and shows its answer without secrets.
 * @param path one of the list, or `jobs/{job}/exceptions`, which only callers who may read logs get.
 * @throws SluiceError when YARN or the JobManager does not answer, or when Flink refuses.
 */
export async function askFlink(
  instances: InstanceReaders,
  running: Deployment,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<unknown> {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const search = new URLSearchParams(Object.fromEntries(given)).toString();
  const answer = await readFlink(instances, running, `/${path}${search === '' ? '' : `?${search}`}`, MOST_FLINK_BYTES);
  const excess = excessOf(answer, BOUNDS);
  if (excess !== null) throw new SluiceError('FlinkUnreachable', `the JobManager's answer to ${path} ${excess}`);
  return shown(flinkReadOf(path), redactStrings(answer));
}

/** Flink's pages offer only what `config` says is on. `user-config` holds what the program was given, also its secrets. */
function shown(read: FlinkRead | null, answer: unknown): unknown {
  if (!isMap(answer)) return answer;
  const features = { 'web-submit': false, 'web-cancel': false, 'web-rescale': false, 'web-history': false };
  if (read === 'config') return { ...answer, features };
  const settings = answer['execution-config'];
  if (read !== 'jobs/{job}/config' || !isMap(settings)) return answer;
  return { ...answer, 'execution-config': { ...settings, 'user-config': {} } };
}
