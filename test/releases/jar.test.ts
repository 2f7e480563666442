import { expect, test } from 'vitest';
import { jarHasClass } from '../../src/releases/jar.ts';
import { jarWith } from '../world/jar.ts';

const reading = (bytes: Buffer) => (offset: number, length: number) =>
  Promise.resolve(bytes.subarray(offset, offset + length));
const has = (bytes: Buffer, name: string) => jarHasClass(reading(bytes), bytes.length, name);

test('a JAR has the classes that its directory names, and no others', async () => {
  const jar = jarWith('com.example.Clicks', 'com.example.Clicks$Inner');
  expect(await has(jar, 'com.example.Clicks')).toBe(true);
  expect(await has(jar, 'com.example.Clicks$Inner')).toBe(true);
  expect(await has(jar, 'com.example.Click')).toBe(false);
  expect(await has(jar, 'example.Clicks')).toBe(false);
});

test('a directory beyond the last 64 KiB is fetched', async () => {
  const jar = jarWith(...Array.from({ length: 3000 }, (_, index) => `com.example.generated.Name${index}`));
  expect(jar.length).toBeGreaterThan(70_000);
  expect(await has(jar, 'com.example.generated.Name0')).toBe(true);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('not a JAR at all, just some text that is long enough')],
  ['a JAR cut short', jarWith('com.example.Clicks').subarray(0, 40)],
  [
    'a directory that points outside',
    Object.assign(jarWith('A'), { 0: 0 }).fill(0xff, jarWith('A').length - 10, jarWith('A').length - 4),
  ],
])('%s is refused', async (_name, bytes) => {
  await expect(has(bytes, 'com.example.Clicks')).rejects.toMatchObject({ code: 'JarMismatch' });
});
