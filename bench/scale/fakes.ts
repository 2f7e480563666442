/**
 * The faked clusters of the bench, as a process: ResourceManagers, and a JobManager for each application. Says their
 * addresses in one line of JSON on stdout.
 */
import { createS3Client } from '../../src/clients/s3/s3.ts';
import { createFakeYarn } from '../../test/fakes/yarn.ts';
import { say } from '../latency/terminal.ts';
import { JobManagers } from './job-managers.ts';
import { ADDRESSES, type FakesOrder } from './landscape.ts';

/** From one state of an application to the next: a start takes about a second, a tenth of a real one. */
const STATE_TAKES_MS = 250;

const order = JSON.parse(process.argv[2] ?? '') as FakesOrder; // the bench has written it
const jobManagers = new JobManagers(createS3Client({ ...order.s3, forcePathStyle: true }));
const addresses: Record<string, string> = {};
for (const [index, name] of order.clusters.entries()) {
  const yarn = await createFakeYarn({
    startFlink: (application) => jobManagers.start(application),
    speed: STATE_TAKES_MS,
    // Clusters that begin in one millisecond would give the same ids to their applications.
    clusterTimestamp: Date.now() + index,
  });
  addresses[name] = yarn.url;
}
say(ADDRESSES + JSON.stringify(addresses));
