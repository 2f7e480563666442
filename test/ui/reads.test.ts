import { expect, test } from 'vitest';
import { pathOf } from '../../src/ui/api/reads.ts';

test.each([
  ['/jobs/{job}/operations/{id}', { job: 'a', id: 'x/y?z' }, {}, '/jobs/a/operations/x%2Fy%3Fz'],
  [
    '/jobs',
    {},
    { state: ['failed', 'running'], q: '', limit: 1, hotfix: undefined },
    '/jobs?state=failed%2Crunning&limit=1',
  ],
])('%s is filled in', (path, params, query, filled) => expect(pathOf(path, params, query)).toBe(filled));
