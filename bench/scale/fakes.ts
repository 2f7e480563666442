/**
 * The faked clusters of the bench, as a process: ResourceManagers, and a JobManager for each application. Says their
 * addresses in one line of JSON on stdout.
 */
import { createS3Client } from '../../src/clients/s3/s3.ts';
import { tagsOf } from '../../src/domain/identity/yarn-tags.ts';
import { createFakeFlink } from '../../test/fakes/flink.ts';
import { createFakeYarn } from '../../test/fakes/yarn.ts';
import { say } from '../latency/terminal.ts';
import { pretendedDeployment } from '../pretended-job.ts';
import { JobManagers } from './job-managers.ts';
import { ADDRESSES, carriedApplication, landscapeOf, type FakesOrder } from './landscape.ts';

/** From one state of an application to the next: a start takes about a second, a tenth of a real one. */
const STATE_TAKES_MS = 250;

const order = JSON.parse(process.argv[2] ?? '') as FakesOrder; // the bench has written it
const landscape = landscapeOf(order.jobs, order.deployed);
const jobManagers = new JobManagers(createS3Client({ ...order.s3, forcePathStyle: true }));
const addresses: Record<string, string> = {};
for (const [index, name] of landscape.clusters.entries()) {
  const yarn = await createFakeYarn({
    startFlink: (application) => jobManagers.start(application),
    speed: STATE_TAKES_MS,
    // Clusters that begin in one millisecond would give the same ids to their applications.
    clusterTimestamp: order.clusterTimestamp + index,
  });
  addresses[name] = yarn.url;
  // A single JobManager for all jobs of a cluster that run already, because only the number of questions counts.
  const flink = await createFakeFlink();
  for (const job of landscape.carried.filter(({ cluster }) => cluster === name)) {
    const applicationId = carriedApplication(landscape, order.clusterTimestamp, job);
    const { flinkJobId, epoch } = pretendedDeployment({ job: job.name, cluster: name, applicationId });
    flink.addJob({ id: flinkJobId });
    flink.completeCheckpoint(flinkJobId);
    yarn.addApplication({
      id: applicationId,
      name: job.name,
      tags: tagsOf({ job: job.name, flinkJobId, epoch }),
      flink,
    });
  }
}
say(ADDRESSES + JSON.stringify(addresses));
