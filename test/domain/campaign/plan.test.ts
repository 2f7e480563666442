/**
 * Plans of campaigns: the order of the jobs, what each is asked for, and how much a run carries.
 *
 * Seen to fail: a priority that is compared as a text; a signature under another request than the one that is sent; the owner left
 * out.
 */
import { describe, expect, test } from 'vitest';
import { campaignLimits } from '../../../src/domain/campaign/kinds.ts';
import { carriedCampaign, newCampaign, readCampaign } from '../../../src/domain/campaign/memory.ts';
import { ordered } from '../../../src/domain/campaign/order.ts';
import { askOf, MOST_LEFT_OUT, signedPlan, type CampaignAsk } from '../../../src/domain/campaign/plan.ts';
import { jobAccepted, jobAsked, jobEnded } from '../../../src/domain/campaign/transitions.ts';
import { campaignViewOf } from '../../../src/domain/campaign/view.ts';
import { introduce, signableOf, signatureProblem } from '../../../src/domain/operation/signature.ts';
import { signingKey } from '../../support/signing-keys.ts';
import { AT, plan } from './plans.ts';

describe('the jobs of a campaign', () => {
  const job = (name: string, priority?: string) => ({ name, labels: priority === undefined ? {} : { priority } });
  const jobs = [job('c'), job('b', '10'), job('a'), job('e', '9'), job('d', 'soon')];
  const namesOf = (canaries: number | string[]) => ordered(jobs, canaries).jobs.map(({ name }) => name);

  test('come by the label priority, those without a number last, and by name', () => {
    expect(namesOf(0)).toEqual(['e', 'b', 'a', 'c', 'd']);
    expect(ordered(jobs, 9).canaries).toBe(5);
  });

  test('begin with the canaries that a person names, in that order', () => {
    expect(namesOf(['d', 'b', 'd'])).toEqual(['d', 'b', 'e', 'a', 'c']);
    expect(ordered(jobs, ['d', 'x'])).toMatchObject({ canaries: 1, unknown: ['x'] });
  });
});

describe('a job is asked', () => {
  const owners = [{ environment: 'prod', team: 'ads' }];
  const sender = { door: 'campaign', actor: 'oncall' };

  test.each([
    [{ kind: 'restart' }, {}, 'restart', {}],
    [{ kind: 'restart', stopWith: 'checkpoint' }, {}, 'restart', { stopWith: 'checkpoint' }],
    [{ kind: 'savepoint' }, {}, 'savepoint', {}],
    [{ kind: 'upgrade' }, { release: 'clicks/1.1.0' }, 'deploy', { release: 'clicks/1.1.0' }],
    [{ kind: 'move' }, {}, 'failover', {}],
    [{ kind: 'move', to: 'yarn-b' }, {}, 'failover', { to: 'yarn-b' }],
  ] as const)('by %j for the operation of its kind', (more, of, kind, fields) => {
    expect(askOf(plan([], more), { job: 'clicks', ...of })).toEqual({
      job: 'clicks',
      kind,
      request: { id: 'campaign-nightly', reason: 'campaign nightly', ...fields },
      sender,
    });
  });

  test('for the owner for whom the API allowed it, with the reason of the campaign', () => {
    const asked = askOf(plan([], { owners, reason: 'new disks' }), { job: 'clicks', owner: 0 });
    expect(asked.sender).toEqual({ ...sender, allowedFor: owners[0] });
    expect(asked.request['reason']).toBe('campaign nightly: new disks');
  });

  test('with a signature under the very request, which counts for a week', () => {
    const { signer, hex } = signingKey('api-1');
    const keys = { 'api-1': hex };
    const now = Date.parse(AT);
    const sign = ({ job, kind, request, sender: by }: CampaignAsk, at: number) =>
      introduce(signer, { job, kind, payload: request, sender: by }, at);
    const signed = signedPlan(plan(['clicks', 'orders'], { owners }), sign, now);
    const problemOf = (place: number, job: string, later: number) => {
      const { kind, request, sender: by } = askOf(signed, signed.jobs[place]!);
      return signatureProblem(keys, signableOf({ job, kind, payload: request, sender: by }), now + later);
    };
    expect(problemOf(0, 'clicks', 6 * 86_400_000)).toBeNull();
    expect(problemOf(0, 'clicks', 8 * 86_400_000)).toMatchObject({ why: 'expired' });
    expect(problemOf(0, 'orders', 0)).toMatchObject({ why: 'false' });
    expect(problemOf(1, 'orders', 0)).toBeNull();
  });
});

describe('the memory of the largest campaign', () => {
  const names = Array.from(
    { length: campaignLimits.jobs },
    (_, index) => `${'x'.repeat(58)}-${String(index).padStart(4, '0')}`,
  );
  const largest = () => {
    const memory = newCampaign({
      ...plan([], { leftOut: names.slice(0, MOST_LEFT_OUT).map((job) => ({ job, why: 'y'.repeat(200) })) }),
      jobs: names.map((job) => ({ job, owner: 100, release: `${'p'.repeat(63)}/1.0.0`, signature: 'a'.repeat(128) })),
      signed: { keyId: 'k'.repeat(64), expiresAt: AT },
    })!;
    // Half of them have failed, with the longest reasons, and the others still have their signatures.
    let after = memory;
    for (let place = 0; place < names.length; place += 2)
      after = jobEnded(
        jobAccepted(jobAsked(after, place, AT), place, AT),
        place,
        { outcome: 'failed', code: 'VerificationFailed', detail: 'z'.repeat(500), deployment: 1000 },
        AT,
      );
    return after;
  };

  test('is less than half of what Temporal takes, and so is what people see of it', () => {
    const memory = largest();
    expect(JSON.stringify(carriedCampaign(memory)).length).toBeLessThan(1024 * 1024);
    expect(JSON.stringify(campaignViewOf(memory)).length).toBeLessThan(1024 * 1024);
  });

  test('is handed over without a loss', () => {
    const memory = largest();
    expect(readCampaign(JSON.parse(JSON.stringify(carriedCampaign(memory))))).toEqual(memory);
    expect(readCampaign({ version: 1 })).toBeNull();
    expect(() => readCampaign({ ...memory, minReader: 99 })).toThrow(/newer Sluice/);
  });
});
