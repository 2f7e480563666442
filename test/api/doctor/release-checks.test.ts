import { expect, test } from 'vitest';
import { checkReleases } from '../../../src/api/doctor/release-checks.ts';
import { emptyFence } from '../../../src/domain/lock/fence.ts';
import { RecordStore } from '../../../src/records/record-store.ts';
import { ReleaseCatalogue } from '../../../src/releases/catalogue.ts';
import { createFakeS3, type FakeS3 } from '../../fakes/s3.ts';
import { publish } from '../../world/publish.ts';

const look = (s3: FakeS3) => checkReleases({ records: new RecordStore(s3), releases: new ReleaseCatalogue(s3) });

test('the doctor names the newest release of another project for a job, and no release of the owner', async () => {
  const s3 = createFakeS3();
  const ownership = { project: 'clicks', team: 'ads', environment: 'prod' };
  await s3.put('fences/owned.json', JSON.stringify({ ...emptyFence('owned'), ownership }));
  publish(s3, 'clicks/1.0.0', ['owned', 'never-started'], {});
  publish(s3, 'other/1.0.0', ['never-started'], {});
  expect(await look(s3)).toMatchObject([{ check: 'foreignReleases', level: 'ok' }]);
  publish(s3, 'evil/1.0.0', ['owned'], {});
  expect(await look(s3)).toMatchObject([
    {
      check: 'foreignReleases',
      level: 'warning',
      subject: 'owned',
      detail: 'it belongs to project clicks, and evil/1.0.0 has a deployment file for it',
    },
  ]);
});
