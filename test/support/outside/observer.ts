/** Watches a job as an outsider: by its own records and its applications in YARN, never by Sluice's word. */
import { observe, type Observation } from '../../../observer/observer.ts';
import { judgeRecords, type InstanceReport, type JobReport } from '../../../observer/judge.ts';
import { endOfFile, readRecords } from '../../../observer/records.ts';
import { until } from '../api.ts';
import { runningStack } from '../stack.ts';

export interface Watch extends Observation {
  /** Reports what the job has written so far. */
  report(): Promise<JobReport | undefined>;
  /** Waits until this application has written so many records, and says which they are. */
  counted(applicationId: string, records?: number): Promise<InstanceReport>;
  /** Waits until this application has written numbers beyond all that anybody has written until now. */
  countedOn(applicationId: string): Promise<InstanceReport>;
}

/** Watches a job from now on. */
export async function watch(job: string): Promise<Watch> {
  const { observer: file, clusters, s3 } = runningStack();
  const from = await endOfFile(file);
  const observation = await observe({ job, file, clusters, gates: s3 });
  const report = async () => (await judgeRecords(readRecords(file, { job, from }))).get(job);
  const instanceWhere = (what: string, applicationId: string, holds: (instance: InstanceReport) => boolean) =>
    until(`${what} of ${applicationId}`, 240_000, async () => {
      const instance = (await report())?.instances.find((one) => one.instance === applicationId);
      return instance !== undefined && holds(instance) ? instance : null;
    });
  return {
    conclude: (options) => observation.conclude(options),
    report,
    counted: (applicationId, records = 10) =>
      instanceWhere(`${records} records`, applicationId, (instance) => instance.records >= records),
    async countedOn(applicationId) {
      const highest = (await report())?.seqs.to ?? -1;
      return instanceWhere(`a number above ${highest}`, applicationId, ({ seqs }) => seqs.to > highest);
    },
  };
}
