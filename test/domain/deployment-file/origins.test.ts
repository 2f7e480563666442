/** Seen to fail: a null of the file taken for its value. */
import { expect, test } from 'vitest';
import { originsOf } from '../../../src/domain/deployment-file/origins.ts';
import { parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import { smallFile } from './examples.ts';

test('each value comes from the file, from its base, or from neither', () => {
  const result = parseDeploymentFile(`${smallFile}upgrade: {stopWith: checkpoint}\n`);
  if (!result.ok) throw new Error('the example is valid');
  const origins = originsOf(result.file, {
    file: { name: 'clicks-dev', yarn: { queue: null }, flink: { version: '1.20.1' } },
    base: { yarn: { queue: 'ads' }, job: { jar: 'clicks.jar' }, upgrade: { stopWith: 'checkpoint' } },
  });
  expect(origins).toMatchObject({
    name: 'file',
    'flink.version': 'file',
    'job.jar': 'base',
    'upgrade.stopWith': 'base',
    'yarn.queue': 'default',
    'job.parallelism': 'default',
  });
});
