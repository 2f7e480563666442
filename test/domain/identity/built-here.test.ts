/**
 * Keys of S3 and tags of YARN are put together, and taken apart, only in `src/domain/identity/`.
 *
 * Seen to fail: with `'staging/'` in `api/doctor/job-checks.ts`, and with `tags: ['sluice']` in `watched-cluster.ts`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const roots = 'checkpoints|savepoints|fences|operations|audit|staging|deployments|adoptions|texts|jars|releases|doctor';
const patterns = [
  // A literal, or a regular expression, that begins with a folder of the bucket.
  new RegExp(`['"\`](?:${roots})/`),
  new RegExp(`/\\^(?:${roots})\\\\/`),
  // Folders that Flink names.
  /\/chk-|savepoint-(?:\$|\()/,
  // Tags.
  /sluice-(?:job|start|epoch|launch(?!er\.jar))/,
  /tags[^;]*'sluice'/,
];

const isComment = (line: string): boolean => /^\s*(?:\/\*\*|\*|\/\/)/.test(line);

test('no other file of src/ has a key or a tag of its own', () => {
  const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('domain/identity/'))
    // The table of rights names each prefix; a test of its own compares it with the keys.
    .filter((file) => file !== 'domain/access/bucket-rights.ts')
    .map((file) => `src/${file}`);
  expect(files.length).toBeGreaterThan(200);
  const found = files.flatMap((file) =>
    readFileSync(root + file, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        !isComment(line) && patterns.some((pattern) => pattern.test(line))
          ? `${file}:${index + 1}: ${line.trim()}`
          : [],
      ),
  );
  expect(found).toEqual([]);
});
