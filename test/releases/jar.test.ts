import { describe, expect, test } from 'vitest';
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

describe('archives of other writers', () => {
  const jar = jarWith('com.example.Clicks');
  const script = Buffer.from('#!/bin/sh\nexec java -jar "$0"\n');
  const commented = (comment: Buffer) => {
    const bytes = Buffer.concat([jar, comment]);
    bytes.writeUInt16LE(comment.length, jar.length - 2);
    return bytes;
  };
  test.each([
    ['with a script before the archive', Buffer.concat([script, jar])],
    ['with ZIP64 records', zip64Of(jar)],
    ['with ZIP64 records behind a script', Buffer.concat([script, zip64Of(jar)])],
    ['with a comment', commented(Buffer.from('x'.repeat(3_000)))],
    [
      'with a comment that looks like an end record',
      commented(Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(40)])),
    ],
    ['with bytes behind it', Buffer.concat([jar, Buffer.alloc(100)])],
  ])('%s are read', async (_, bytes) => {
    expect(await has(bytes, 'com.example.Clicks')).toBe(true);
    expect(await has(bytes, 'com.example.Other')).toBe(false);
  });
});

/** The same archive as a writer makes it for more entries than 16 bits count: all numbers are in the ZIP64 record. */
function zip64Of(jar: Buffer): Buffer {
  const directory = jar.subarray(0, jar.length - 22);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(directory.length), 40);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(directory.length), 8);
  const end = Buffer.alloc(22, 0xff);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(0, 4);
  end.writeUInt16LE(0, 20);
  return Buffer.concat([directory, record, locator, end]);
}

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
