import { expect, it } from 'vitest';
import { sluice } from '../run.ts';

it('deployment files have a schema', async () => {
  const { stdout } = await sluice(['schema']);
  expect(JSON.parse(stdout)).toHaveProperty('properties.apiVersion');
});
