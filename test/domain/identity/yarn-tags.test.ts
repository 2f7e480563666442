/** Seen to fail: an epoch read without its check; a launcher with the tag of a start. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JobName } from '../../../src/domain/identity/job-name.ts';
import {
  identityOfTags,
  launcherNameOf,
  launchOfTags,
  launchTagsOf,
  tagsOf,
} from '../../../src/domain/identity/yarn-tags.ts';
import { flinkJobIds, jobNames } from './names.ts';

test('tags survive what YARN does to them: lower case, any order', () => {
  const start = { job: 'clicks-prod', flinkJobId: 'ab'.repeat(16), epoch: 7 };
  const back = tagsOf(start)
    .map((tag) => tag.toLowerCase())
    .reverse();
  expect(identityOfTags(back)).toEqual(start);
  expect(back.every((tag) => tag.length <= 100 && /^[\x21-\x7e]+$/.test(tag))).toBe(true);
  expect(identityOfTags(['other', 'sluice-epoch-x'])).toEqual({ job: null, flinkJobId: null, epoch: null });
});

test('every start is known by its tags in any order, and by no launcher’s', () => {
  fc.assert(
    fc.property(
      jobNames,
      flinkJobIds,
      fc.nat(),
      fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
      (job, id, epoch, order) => {
        const start = { job, flinkJobId: id, epoch };
        const tags = tagsOf(start);
        expect(identityOfTags(order.map((index) => tags[index]!))).toEqual(start);
        expect(launchOfTags(tags)).toBeNull();
        expect(launchOfTags(launchTagsOf(start).reverse())).toBe(id);
        expect(identityOfTags(launchTagsOf(start))).toEqual({ job: null, flinkJobId: null, epoch: null });
      },
    ),
  );
});

test('no job is called like a launcher', () => {
  fc.assert(fc.property(jobNames, (job) => !JobName.safeParse(launcherNameOf(job)).success));
});
