/** The priority of a job, from its labels. Seen to fail: a tier that goes before the priority. */
import { expect, test } from 'vitest';
import { NO_PRIORITY, priorityOf } from '../../../src/domain/deployment/priority.ts';

test.each([
  [{ priority: '3', tier: '1' }, 3],
  [{ tier: '1' }, 1],
  [{ tier: 'gold' }, NO_PRIORITY],
  [{ priority: '-1' }, NO_PRIORITY],
  [{ priority: '1000' }, NO_PRIORITY],
  [{}, NO_PRIORITY],
])('labels %j are priority %i', (labels, priority) => expect(priorityOf(labels)).toBe(priority));
