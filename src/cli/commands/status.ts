/** `sluice status`: shows everything about one job. */
import type { Command } from '@commander-js/extra-typings';
import type { JobBody } from '../../api/contract.ts';
import { withoutCheckpoints } from '../../domain/deployment-file/job-type.ts';
import { gateInWords } from '../../domain/deployment/gate-words.ts';
import { movedInWords } from '../../domain/deployment/placed-words.ts';
import { formatDuration } from '../../domain/input/durations.ts';
import { drillInWords } from '../../domain/job/recovery/drill-words.ts';
import { waitInWords } from '../../domain/job/recovery/view.ts';
import { phases } from '../../domain/lifecycle.ts';
import { interruptedBy } from '../../domain/operation/in-words.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { hotfixLines, type HotfixView } from '../../domain/hotfix/hotfix.ts';
import { age, time, took } from '../show.ts';
import { showOnceOrWatch } from '../watch.ts';

export function registerStatus(program: Command, context: CliContext): void {
  program
    .command('status')
    .description('show one job: state, deployment, operation, links')
    .argument('<job>', 'name of the job')
    .option('-w, --watch', 'refresh every two seconds')
    .action(async (job, { watch }) => {
      const api = context.api();
      await showOnceOrWatch(
        context,
        watch,
        async () => (await api.get(`/jobs/${seg(job)}`)) as JobBody, // shape of the API
        (body) => context.out.result(body, () => show(context, body)),
      );
    });
}

function show({ out }: CliContext, job: JobBody): void {
  const { bold } = out.colors;
  const { operation, deployment, links, pendingStop } = job;
  out.line(`${bold(job.name)} is ${bold(job.state)} since ${time(job.stateSince)}: ${job.stateMeaning}`);
  if (job.stateReason !== null) out.line(job.stateReason);
  out.line();
  out.fields([
    ['cause', job.cause && `${job.cause.class}: ${job.cause.meaning}`],
    ['shown by', job.cause?.evidence],
    ['its state', job.cause?.state],
    ['what to do', job.cause?.whatToDo],
    ['next', job.next],
    ['project', job.project],
    ['owner', job.owner],
    ['environment', job.environment],
    ['health', healthOf(job)],
    ['sync', job.sync],
    ['hotfix', job.hotfix && hotfixOf(job.hotfix)],
    ['', job.hotfix && hotfixLines(job.hotfix).join('; ')],
    ['reminder', job.hotfix?.reminder],
    ['observed', time(job.observedAt)],
    ['allowed', job.allowed.join(', ')],
    ['operation', operation && `${operation.kind} ${operation.id} of ${operation.actor}, ${took(operation)}`],
    ['phase', operation?.phase && `${operation.phase}: ${phases[operation.phase].meaning}`],
    ['cancel now', operation && cancelNow(operation)],
    ['pending stop', pendingStop && pendingStopOf(pendingStop)],
    ['deployment', deployment && `${deployment.number}: ${deployment.release}, started ${time(deployment.startedAt)}`],
    ['cluster', deployment?.cluster],
    ['moved', deployment?.placed?.moved && movedInWords(deployment.placed.moved)],
    ['application', deployment?.applicationId],
    ['Flink job', deployment && `${deployment.flinkJobId} (Flink ${deployment.flinkVersion})`],
    ['started from', deployment && (deployment.restorePoint?.path ?? 'no state')],
    ['gate', deployment && gateInWords(deployment)],
    ['checkpoints', deployment && withoutCheckpoints(deployment)],
    ['given up', job.givenUp?.map(givenUpOf).join('; ')],
    ['recovery', job.recovery && recoveryOf(job.recovery)],
    ['drill', job.recovery?.lastDrill && drillOf(job.recovery.lastDrill)],
    ['ended', deployment?.ended && `${deployment.ended.how} ${time(deployment.ended.at)}`],
    ['savepoints', job.periodicSavepoints && periodicOf(job.periodicSavepoints)],
    ['retention', job.retention?.problem && `old restore points are left: ${job.retention.problem}`],
    ['skipped', skippedOf(job.skippedSavepoints)],
    ['auto deploy', job.autoDeploy && autoDeployOf(job.autoDeploy)],
    ['Temporal', links.temporal],
    ['YARN', links.yarn],
    ['Flink', links.flink],
  ]);
  const refused = job.rejections.last.at(-1);
  if (refused) out.note(out.colors.dim(`last refused signal: ${refused.kind} ${time(refused.at)}: ${refused.detail}`));
}

const givenUpOf = ({ risk, actor, at, reason }: NonNullable<JobBody['givenUp']>[number]): string =>
  `${risk} (given up by ${actor} ${time(at)}: ${reason})`;

const recoveryOf = (recovery: NonNullable<JobBody['recovery']>): string | null => {
  const { attempts, budget, window, nextAt, act, turn, left, gone } = recovery;
  const count = `${attempts} of ${budget} restarts within ${formatDuration(window)}`;
  // A failover waits for its turn while it holds the job, and nothing is planned beside it.
  if (turn)
    return act === 'restart' ? `${count}, the next ${waitInWords(turn, time)}` : `the move ${waitInWords(turn, time)}`;
  const why = gone === null ? '' : `: ${gone}`;
  if (nextAt !== null)
    return act === 'failover' ? `failover ${time(nextAt)}${why}` : `${count}, the next ${time(nextAt)}`;
  if (left !== null) return `${count}; Sluice does nothing by itself: ${left}`;
  return attempts === 0 ? null : count;
};

const drillOf = (drill: NonNullable<NonNullable<JobBody['recovery']>['lastDrill']>): string =>
  `${time(drill.at)}: ${drillInWords(drill)}`;

const healthOf = ({ health, healthSince, healthReasons }: JobBody): string =>
  [`${health}${healthSince === null ? '' : ` since ${time(healthSince)}`}`, healthReasons.join('; ')]
    .filter((part) => part !== '')
    .join(': ');

const periodicOf = ({ every, schedule, nextAt }: NonNullable<JobBody['periodicSavepoints']>): string =>
  `every ${formatDuration(every)}, ${nextAt === null ? 'not scheduled now' : `next ${time(nextAt)}`} (schedule ${schedule})`;

const autoDeployOf = ({ release, answer, detail, until }: NonNullable<JobBody['autoDeploy']>): string => {
  const what = { deploys: 'is deployed within seconds', waits: 'waits', left: 'is left alone' }[answer];
  return `${release} ${what}${until === null ? '' : ` until ${time(until)}`}${detail === null ? '' : `: ${detail}`}`;
};

const skippedOf = ({ count, last }: JobBody['skippedSavepoints']): string | null =>
  last && `${count} periodic savepoints, the last ${time(last.at)}: ${last.detail}`;

/** Says who has cancelled the operation already, else what a cancel would do in this phase. */
const cancelNow = (operation: OperationRecord): string | null =>
  interruptedBy(operation) ?? (operation.phase && phases[operation.phase].cancel);

const pendingStopOf = ({ operationId, since }: NonNullable<JobBody['pendingStop']>): string =>
  `of ${operationId} since ${time(since)}: Flink has not told yet how it ended, so only kill and failover are accepted`;

const hotfixOf = ({ actor, at, reason, expiresAt }: HotfixView): string =>
  `of ${actor} since ${time(at)} (${age(at)}), until ${time(expiresAt)}${reason === null ? '' : `: ${reason}`}`;
