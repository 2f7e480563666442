/**
 * Rows of jobs in Temporal's visibility. Visibility is a copy that comes late: a row may appear seconds after its run began,
 * or after one of its attributes changed.
 */
import { type Client, isGrpcServiceError, type WorkflowExecutionInfo } from '@temporalio/client';
import { jobOfWorkflowId } from '../../domain/identity/workflow-ids.ts';
import { readDigest } from '../../domain/job/list/digest.ts';
import { healths, jobStates, type JobState } from '../../domain/lifecycle.ts';
import { DIGEST_MEMO, FLINK_JOB_WORKFLOW, searchAttributes } from '../../workflows/messages.ts';
import type { Ask } from '../call.ts';
import type { JobGateway, JobRow } from './job-gateway.ts';

const PAGE_DEADLINE_MS = 8_000;
const LOOK_DEADLINE_MS = 4_000;
const PAGE_SIZE = 500;

interface Parts {
  readonly client: Client;
  readonly ask: Ask;
}

export const createJobRows = (parts: Parts): Pick<JobGateway, 'list' | 'openJobs' | 'changedJobs'> => ({
  async list() {
    const jobs: JobRow[] = [];
    for await (const page of openJobs(parts)) jobs.push(...page);
    return jobs;
  },
  openJobs: () => openJobs(parts),
  changedJobs: (since) => changedJobs(parts, since),
});

const OURS = `WorkflowType = "${FLINK_JOB_WORKFLOW}"`;

async function* openJobs({ client, ask }: Parts): AsyncGenerator<readonly JobRow[]> {
  const query = `${OURS} AND ExecutionStatus = "Running"`;
  const listed = client.workflow.list({ query, pageSize: PAGE_SIZE })[Symbol.asyncIterator]();
  for (let isOver = false; !isOver;) {
    const page: JobRow[] = [];
    // The client asks for a page when its first row is wanted, and each of ours is exactly one of those.
    isOver = await ask('Listing the jobs', PAGE_DEADLINE_MS, async () => {
      for (let count = 0; count < PAGE_SIZE; count += 1) {
        const next = await listed.next();
        if (next.done === true) return true;
        const row = rowOf(next.value);
        if (row) page.push(row);
      }
      return false;
    });
    yield page;
  }
}

/** Ends of jobs, as opposed to the end of a run that the next one follows. */
const ENDS = ['Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut'].map((status) => `"${status}"`).join(', ');

/** Makes three queries, because visibility on SQL has an index for each attribute and uses none of them for an OR. */
async function changedJobs({ client, ask }: Parts, since: number): Promise<readonly JobRow[] | null> {
  const time = JSON.stringify(new Date(since).toISOString());
  const queries = [
    `${searchAttributes.changedAt.name} >= ${time} AND ExecutionStatus != "ContinuedAsNew"`,
    `StartTime >= ${time} AND ExecutionStatus = "Running"`,
    `CloseTime >= ${time} AND ExecutionStatus IN (${ENDS})`,
  ];
  const rowsOf = async (query: string): Promise<JobRow[]> => {
    const rows: JobRow[] = [];
    for await (const info of client.workflow.list({ query: `${OURS} AND ${query}`, pageSize: PAGE_SIZE })) {
      const row = rowOf(info);
      if (row) rows.push(row);
    }
    return rows;
  };
  try {
    return await ask('Asking which jobs changed', LOOK_DEADLINE_MS, async () =>
      (await Promise.all(queries.map(rowsOf))).flat(),
    );
  } catch (failure) {
    if (isInvalid(failure)) return null;
    throw failure;
  }
}

/** Codes of gRPC (google.rpc.Code). Temporal answers so to a query that names an attribute which is not registered. */
const INVALID_ARGUMENT = 3;

function isInvalid(failure: unknown): boolean {
  for (let error = failure; error instanceof Error; error = error.cause)
    if (isGrpcServiceError(error) && (error.code as number) === INVALID_ARGUMENT) return true;
  return false;
}

function rowOf(info: WorkflowExecutionInfo): JobRow | null {
  const name = jobOfWorkflowId(info.workflowId);
  if (name === null) return null;
  const { typedSearchAttributes: attributes } = info;
  const operation = attributes.get(searchAttributes.operation) ?? null;
  const health = attributes.get(searchAttributes.health) ?? null;
  return {
    name,
    runId: info.runId,
    startedAt: info.startTime.getTime(),
    isOpen: info.status.name === 'RUNNING',
    changedAt: attributes.get(searchAttributes.changedAt)?.getTime() ?? null,
    state: stateOf(attributes.get(searchAttributes.state) ?? null),
    health: healths.find((one) => one === health) ?? null,
    environment: attributes.get(searchAttributes.environment) ?? null,
    cluster: attributes.get(searchAttributes.cluster) ?? null,
    owner: attributes.get(searchAttributes.owner) ?? null,
    release: attributes.get(searchAttributes.release) ?? null,
    operation: operation === 'none' ? null : operation,
    digest: readDigest(info.memo?.[DIGEST_MEMO]),
  };
}

/** A run that visibility has no state of yet counts as new. */
const stateOf = (attribute: string | null): JobState =>
  attribute !== null && Object.hasOwn(jobStates, attribute) ? (attribute as JobState) : 'new';
