/** The session, as far as it tells the console how to ask. */
import { expect, test } from 'vitest';
import { createFakeS3 } from '../../../fakes/s3.ts';
import { startApp } from '../../start-app.ts';

test.each([
  { confirm: undefined, environments: ['prod*'] },
  { confirm: { environments: ['live', 'eu-*'] }, environments: ['live', 'eu-*'] },
])('the session says that $environments take more to confirm', async ({ confirm, environments }) => {
  const access = { anonymous: [{ role: 'viewer' as const }], policy: {}, tokens: createFakeS3() };
  const app = await startApp({ access: { ...access, ...(confirm && { confirm }) } });
  try {
    const { text } = await app.send('/api/v1/session');
    expect(JSON.parse(text)).toMatchObject({ confirm: { environments } });
  } finally {
    await app.stop();
  }
});
