/** Drains a cluster: checks the campaign that empties it, cordons the cluster, and begins the campaign. */
import { withCordon } from '../../domain/cluster/cordon.ts';
import { campaignOfDrain, type DrainRequest } from '../../domain/campaign/request.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { changeCluster } from '../../records/clusters/cordons.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';
import type { Call } from '../http/route.ts';
import { beginCampaign, checkCampaign } from './begin.ts';

interface Drain {
  readonly cluster: string;
  readonly request: DrainRequest;
}

/**
 * Cordons only what can be drained, and plans again behind the cordon, so that no job comes after the plan. A drain that is asked for
 * again leaves the cordon as it is.
 * @throws as `beginCampaign`. The failure names the cordon where that is there by then, and so does the audit log.
 */
export async function drainCluster(
  dependencies: RouteDependencies,
  call: Call,
  { cluster, request }: Drain,
): ReturnType<typeof beginCampaign> {
  const campaign = campaignOfDrain(cluster, request);
  if (request.dryRun) return await beginCampaign(dependencies, call, campaign);
  await checkCampaign(dependencies, call, campaign);
  await call.trace(cluster);
  const cordon = { at: new Date().toISOString(), by: call.caller.name, reason: request.reason };
  await changeCluster(dependencies.cordons, cluster, (record) => withCordon(record, cordon));
  try {
    return await beginCampaign(dependencies, call, campaign);
  } catch (failure) {
    throw besideCordon(failure, cluster);
  }
}

function besideCordon(failure: unknown, cluster: string): Problem {
  const { code, message, errors } =
    failure instanceof SluiceError ? failure : new SluiceError('Internal', 'The API met an unexpected error');
  const hint = `Ask for the drain again, with the same id where it has one, or let starts go there again: sluice cluster uncordon ${cluster}`;
  return new Problem(code, `${message}; the cluster ${cluster} is cordoned all the same`, {
    ...{ cause: failure, errors, hint },
  });
}
