/** Seen to fail: the ellipsis put behind the limit. */
import { expect, test } from 'vitest';
import { clip } from '../../../src/domain/values/clip.ts';

test.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  ['', 3, ''],
])('%j within %d characters is %j', (text, most, expected) => expect(clip(text, most)).toBe(expected));
