/** What Temporal's Web UI and its search show of a job. */
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { jobStates, phases } from '../domain/lifecycle.ts';
import type { Desk } from './front-desk.ts';
import { searchAttributes } from './messages.ts';

/** Sets the details of the run and, where they changed, the search attributes (each upsert is an event). */
export function show({ memory, taken }: Desk): void {
  const { current } = memory;
  const operation = taken?.operation ?? null;
  const lines = [
    `**${memory.job}** is **${memory.state}** since ${memory.stateSince}: ${jobStates[memory.state].meaning}`,
    memory.stateReason === null ? null : `Reason: ${memory.stateReason}`,
    operation
      ? `Operation **${operation.kind}** \`${operation.id}\` of ${operation.actor}, phase **${operation.phase ?? 'accepted'}**: ${operation.phase ? phases[operation.phase] : ''}`
      : jobStates[memory.state].next,
    current
      ? `Deployment ${current.number}: release ${current.release}, Flink ${current.flinkVersion}, cluster ${current.cluster}, application \`${current.applicationId}\`, Flink job \`${current.flinkJobId}\`, epoch ${current.epoch}`
      : null,
  ];
  setCurrentDetails(lines.filter((line) => line !== null).join('\n\n'));
  const wanted = {
    FlinkJobName: memory.job,
    FlinkJobState: memory.state,
    FlinkEnvironment: current?.environment,
    FlinkCluster: current?.cluster,
    FlinkOwner: current?.owner,
    FlinkRelease: current?.release,
    FlinkOperation: operation?.kind ?? 'none',
  };
  const shown = workflowInfo().typedSearchAttributes;
  const changed = Object.values(searchAttributes).flatMap((key) => {
    const value = wanted[key.name as keyof typeof wanted]; // the table's names are exactly these
    return value !== undefined && shown.get(key) !== value ? [{ key, value }] : [];
  });
  if (changed.length > 0) upsertSearchAttributes(changed);
}
