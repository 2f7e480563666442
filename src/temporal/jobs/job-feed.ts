/** The jobs of a real Temporal, as the notifier follows them. */
import type { Client } from '@temporalio/client';
import type { FollowedJob, JobFeed } from '../../activities/dependencies/notifier.ts';
import { askOf } from '../call.ts';
import { betweenOperations, Details, type Detail } from './job-details.ts';
import { JobFollower } from './job-follower.ts';
import type { JobGateway, JobRow } from './job-gateway.ts';
import { createJobQuestions } from './job-questions.ts';

type Asked = Pick<JobGateway, 'openJobs' | 'changedJobs' | 'isOpen' | 'view'>;

export const createJobFeed = (client: Client): JobFeed => jobFeedOn(createJobQuestions({ client, ask: askOf(client) }));

export function jobFeedOn(gateway: Asked, clock: () => number = () => performance.now()): JobFeed {
  const changed = new Set<string>();
  const note = (job: string): void => void changed.add(job);
  const details = new Details((job) => gateway.view(job), clock, betweenOperations);
  const follower = new JobFollower({ gateway, details, clock, changed: note, gone: note });
  return {
    async look() {
      await follower.round();
      // Nothing awaits this, because a job that does not answer must hold up no news of others.
      void follower.askDue();
      const names = [...changed];
      changed.clear();
      return names;
    },
    see(job) {
      const row = follower.row(job);
      return row === undefined ? null : followed(row, follower.detail(row));
    },
  };
}

function followed(row: JobRow, { digest, isCurrent, operation: told }: Detail): FollowedJob {
  const { name, state, health, environment, owner, cluster, release, operation, startedAt, changedAt } = row;
  const current = isCurrent ? digest : null;
  return {
    facts: {
      name,
      state: current?.state ?? state,
      health: current?.health ?? health ?? 'unknown',
      environment: environment ?? digest?.environment ?? null,
      team: owner ?? digest?.owner ?? null,
      cluster: digest?.deployment?.cluster ?? cluster,
      release: digest?.deployment?.release ?? release,
      isHeld: operation !== null || told !== null,
      digest: current,
    },
    operation,
    lastOperation: current?.lastOperation ?? null,
    file: digest?.deployment?.file ?? null,
    changedAt: Math.max(startedAt, changedAt ?? 0),
  };
}
