/** Reads from YARN's report how an application ended. */
import { classify, type Cause } from '../../domain/errors/cause.ts';
import { clip } from '../../domain/values/clip.ts';
import { recordLimits } from '../../domain/operation/operation.ts';
import type { ApplicationReport } from '../../clients/yarn/replies.ts';

export function howEnded(report: ApplicationReport): 'finished' | 'failed' | 'killed' {
  if (report.state === 'KILLED') return 'killed';
  return report.finalStatus === 'SUCCEEDED' ? 'finished' : 'failed';
}

/** Exit code of a JobManager whose lease was over (java/sluice-agent, sluice.agent.Halt): S3 was away, not the job at fault. */
const LEASE_OVER = /exitCode: 91\b/;

/** Tells whether the JobManager ended because S3 did not say for as long as its lease lasts that it may run. */
export const isLeaseOver = ({ diagnostics }: Pick<ApplicationReport, 'diagnostics'>): boolean =>
  LEASE_OVER.test(diagnostics);

/** Classifies the cause of the end from YARN's diagnostics. */
export const reportedCause = ({ diagnostics }: ApplicationReport): Cause =>
  classify({ code: 'StartFailed', yarn: diagnostics });

export function reportedEnd(report: ApplicationReport): string {
  const diagnostics = report.diagnostics.trim();
  return `application ${report.id} is ${report.state}${diagnostics === '' ? '' : `: ${clip(diagnostics, recordLimits.detail)}`}`;
}
