/** Tells why the newest release of a job does not deploy itself, by the decision that the watch of the releases makes too. */
import { readAutoDeploy } from '../../releases/auto-deploy-file.ts';
import {
  autoDeployReasons,
  decideAutoDeploy,
  invalidFile,
  projectOfView,
} from '../../domain/auto-deploy/auto-deploy.ts';
import { cordonInWords } from '../../domain/cluster/cordon.ts';
import { autoDeployIdOf } from '../../domain/identity/ids.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import type { JobBody } from '../contract.ts';
import { inTime } from '../../concurrency/in-time.ts';
import type { Jobs } from './jobs.ts';
import type { NewestReleases } from './index/newest-releases.ts';
import { readClaim } from '../../records/claims.ts';
import { readCluster } from '../../records/clusters/cordons.ts';
import type { ReadableBucket } from '../../records/record.ts';

/** Limits the wait for S3, because a slow S3 must not keep people from reading a job. */
const BUDGET_MS = 1_000;

interface Parts {
  readonly newest: NewestReleases;
  readonly bucket: ReadableBucket;
  readonly jobs: Jobs;
}

export class AutoDeploys {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Null when the newest release does not ask to be deployed, was deployed last, or S3 does not answer in time. */
  async of(view: JobView): Promise<JobBody['autoDeploy']> {
    return await inTime(this.#decide(view), BUDGET_MS).catch(() => null);
  }

  async #decide(view: JobView): Promise<JobBody['autoDeploy']> {
    const { byJob, names } = await this.#parts.newest.get();
    const job = view.name;
    const byProject = byJob.get(job);
    const project = projectOfView(view);
    const newest = project === null ? byProject?.values().next().value : byProject?.get(project);
    if (newest?.file.autoDeploy !== true || view.deployment?.release === newest.name) return null;
    const { bucket, jobs } = this.#parts;
    const cluster = view.deployment?.cluster;
    const [wish, claim, operations, where] = await Promise.all([
      readAutoDeploy(bucket, job, newest),
      readClaim(bucket, job, autoDeployIdOf(newest.name)),
      jobs.history(job),
      cluster === undefined ? null : readCluster(bucket, cluster),
    ]);
    const decision =
      wish === null
        ? invalidFile(newest)
        : decideAutoDeploy({
            job,
            newest,
            wish,
            projects: [...(byProject?.keys() ?? [])],
            boundTo: project,
            seen: operations && { operations, view },
            cordon: where && cordonInWords(where),
            claim: claim && claim.value,
            // Only the watch must tell a lost job from a new one; here the job itself has answered.
            wasStarted: false,
            isPublished: (name) => names.has(name),
            now: Date.now(),
          });
    const { name: release } = newest;
    if (decision.kind === 'deploy')
      return { release, answer: 'deploys', reason: null, meaning: null, detail: null, until: null };
    const { kind: answer, reason, detail, until } = decision;
    return { release, answer, reason, meaning: autoDeployReasons[reason].meaning, detail, until };
  }
}
