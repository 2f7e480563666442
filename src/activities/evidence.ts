/** What an instance that is about to be ended leaves behind for people: exceptions and the tails of its logs. */
import type { CallOptions } from '../clients/http.ts';
import type { Deployment } from '../domain/deployment.ts';
import { logsPrefix } from '../domain/storage-keys.ts';
import { clusterOf, type Dependencies } from './dependencies.ts';

/** For each question; a hanging JobManager must not keep its own end waiting. */
const BUDGET_MS = 3_000;
const TAIL_BYTES = 64 * 1024;
const LOG_FILES = ['jobmanager.log', 'jobmanager.out', 'jobmanager.err'];

interface EvidenceInput {
  readonly deployment: Deployment;
  readonly operationId: string;
}

export const createEvidence = (deps: Dependencies) => ({
  /** Saves what can be had; what cannot is a warning, since ending the instance matters more. */
  async saveEvidence({ deployment, operationId }: EvidenceInput): Promise<{ warnings: string[] }> {
    try {
      const pieces = await collect(deps, deployment, { deadlineMs: BUDGET_MS });
      const prefix = logsPrefix(deployment.job, operationId);
      await Promise.all(
        [...pieces].map(([name, text]) =>
          deps.s3.put(`${prefix}${deployment.applicationId}/${name}`, redact(text), 'text/plain'),
        ),
      );
      return { warnings: pieces.size > 0 ? [] : [`no evidence could be had of ${deployment.applicationId}`] };
    } catch (error) {
      return {
        warnings: [
          `the evidence of ${deployment.applicationId} is incomplete: ${error instanceof Error ? error.message : String(error)}`,
        ],
      };
    }
  },
});

async function collect(deps: Dependencies, deployment: Deployment, options: CallOptions): Promise<Map<string, string>> {
  const { yarn } = clusterOf(deps, deployment.cluster);
  const pieces = new Map<string, string>();
  const report = await yarn.application(deployment.applicationId, options);
  if (!report) return pieces;
  pieces.set('yarn-diagnostics.txt', `${report.state} ${report.finalStatus}\n${report.diagnostics}`);
  const { amAddress, amHostHttpAddress, amContainerLogs } = report;
  const container = amContainerLogs === null ? null : (/\/(container_[^/]+)\//.exec(amContainerLogs)?.[1] ?? null);
  const exceptions = async (): Promise<void> => {
    if (amAddress === null) return;
    const found = await deps.flink.exceptions(amAddress, deployment.flinkJobId, options);
    if (found.length > 0) pieces.set('exceptions.json', JSON.stringify(found, null, 2));
  };
  const tail = async (file: string): Promise<void> => {
    const fromFlink =
      amAddress === null ? null : await deps.flink.logTail(amAddress, file, TAIL_BYTES, options).catch(() => null);
    const fromNode =
      fromFlink === null && amHostHttpAddress !== null && container !== null
        ? await yarn.containerLogTail(amHostHttpAddress, container, file, TAIL_BYTES, options)
        : null;
    const text = fromFlink ?? fromNode;
    if (text !== null) pieces.set(file, text);
  };
  // Each piece for itself: what can be had is kept, whatever else does not answer.
  await Promise.allSettled([exceptions(), ...LOG_FILES.map(tail)]);
  return pieces;
}

/** Values of settings whose names say that they are secret never leave the cluster (as Flink's GlobalConfiguration hides them). */
const redact = (text: string): string =>
  text.replace(
    /((?:password|secret|token|api-?key|access-key|credential)[\w.-]*["']?\s*[:=,]\s*)("[^"]*"|'[^']*'|[^\s,;]+)/gi,
    '$1******',
  );
