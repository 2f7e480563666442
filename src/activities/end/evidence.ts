/** Saves for people what an instance has to say before its end: exceptions and the tails of its logs. */
import type { CallOptions } from '../../clients/http.ts';
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import { classify, type Cause, type Evidence } from '../../domain/errors/cause.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import { redact, redactStrings, redactTail, isCut } from '../../domain/secrets/redact.ts';
import { EXCEPTIONS_FILE } from '../../domain/identity/storage-keys.ts';
import { containerOfLogs } from '../../domain/identity/container-id.ts';
import { keepEvidence, replaceEvidence } from '../../records/evidence.ts';
import { clusterOfInstance, type Dependencies } from '../dependencies/dependencies.ts';

/** Budget of each question, because a hanging JobManager must not delay its own end. */
const BUDGET_MS = 3_000;
const TAIL_BYTES = 64 * 1024;
const RUNNER_LOG = 'runner.log';
const LOG_FILES = ['jobmanager.log', 'jobmanager.out', 'jobmanager.err'];

interface Saved {
  /** Pieces that could not be had; ending the instance matters more. */
  readonly warnings: readonly string[];
  /** Cause of the end, where the saved pieces show it. */
  readonly cause: Cause | null;
}

/** Saves what can be had below the operation that ends the instance. Never throws. */
export async function saveEvidence(deps: Dependencies, deployment: Deployment, operationId: string): Promise<Saved> {
  let cause: Cause | null = null;
  try {
    const { pieces, shown } = await collect(deps, deployment, { deadlineMs: BUDGET_MS });
    if (shown) cause = unlessUnknown(classify(shown));
    const of = { job: deployment.job, operation: operationId, application: deployment.applicationId };
    // An earlier attempt saw the instance alive, so its pieces say more than what is left now.
    await Promise.all([...pieces].map(([file, text]) => keepEvidence(deps.s3, { ...of, file }, text)));
    return { warnings: pieces.size > 0 ? [] : [`no evidence could be had of ${deployment.applicationId}`], cause };
  } catch (error) {
    const reason = messageOf(error);
    return { warnings: [`the evidence of ${deployment.applicationId} is incomplete: ${reason}`], cause };
  }
}

const unlessUnknown = (cause: Cause): Cause | null => (cause.class === 'unknown' ? null : cause);

/** Saves the log of a launcher, in which Flink's client speaks. Never throws. */
export async function saveRunnerLog(
  deps: Dependencies,
  { job, cluster }: Deployment,
  { id, amHostHttpAddress: node, amContainerLogs }: ApplicationReport,
  operation: string,
): Promise<string[]> {
  const container = containerOfLogs(amContainerLogs);
  if (node === null || container === null) return []; // the launcher never had a container
  try {
    const { yarn } = clusterOfInstance(deps, cluster);
    const text = await yarn.containerLogTail(node, container, RUNNER_LOG, TAIL_BYTES, { deadlineMs: BUDGET_MS });
    if (text === null) return [`launcher ${id} left no log`];
    await replaceEvidence(deps.s3, { job, operation, application: id, file: RUNNER_LOG }, tailOf(text));
    return [];
  } catch (error) {
    const why = messageOf(error);
    return [`the log of launcher ${id} could not be had: ${why}`];
  }
}

const tailOf = (text: string): string => redactTail(text, isCut(Buffer.byteLength(text), TAIL_BYTES));

/** Each piece by the name of its file, redacted. */
async function collect(
  deps: Dependencies,
  deployment: Deployment,
  options: CallOptions,
): Promise<{ pieces: Map<string, string>; shown: Evidence | null }> {
  const { yarn } = clusterOfInstance(deps, deployment.cluster);
  const pieces = new Map<string, string>();
  const report = await yarn.application(deployment.applicationId, options);
  if (!report) return { pieces, shown: null };
  pieces.set('yarn-diagnostics.txt', redact(`${report.state} ${report.finalStatus}\n${report.diagnostics}`));
  const { amHostHttpAddress, amContainerLogs } = report;
  const amAddress = isTerminal(report.state) ? null : report.amAddress;
  const container = containerOfLogs(amContainerLogs);
  let thrown: readonly string[] = [];
  const exceptions = async (): Promise<void> => {
    if (amAddress === null) return;
    const exceptions = await deps.flink.exceptions(amAddress, deployment.flinkJobId, options);
    thrown = exceptions.map(({ stack }) => stack);
    if (exceptions.length > 0) pieces.set(EXCEPTIONS_FILE, JSON.stringify(redactStrings(exceptions), null, 2));
  };
  const tail = async (file: string): Promise<void> => {
    const fromFlink =
      amAddress === null ? null : await deps.flink.logTail(amAddress, file, TAIL_BYTES, options).catch(() => null);
    const fromNode =
      fromFlink === null && amHostHttpAddress !== null && container !== null
        ? await yarn.containerLogTail(amHostHttpAddress, container, file, TAIL_BYTES, options)
        : null;
    const text = fromFlink ?? fromNode;
    if (text !== null) pieces.set(file, tailOf(text));
  };
  // Each piece is asked for separately, so that one silence costs one piece.
  await Promise.allSettled([exceptions(), ...LOG_FILES.map(tail)]);
  const logs = LOG_FILES.flatMap((file) => pieces.get(file) ?? []);
  // YARN's diagnostics of a killed application only repeat that somebody killed it.
  const yarnSays = report.state === 'KILLED' ? '' : report.diagnostics;
  return { pieces, shown: { exceptions: thrown, yarn: yarnSays, logs } };
}
