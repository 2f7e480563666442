/** Requests that are refused. Seen to fail: secrets let through, also behind the argument that names them. */
import { describe, expect, it, test } from 'vitest';
import { requestSchemas } from '../../../src/domain/operation/operation.ts';

const NOW = '2026-03-01T12:00:00.000Z';

describe('a request', () => {
  const problems = (hotfix: unknown) =>
    requestSchemas.hotfix.safeParse(hotfix).error?.issues.map(({ path, message }) => `${path.join('/')}: ${message}`);

  it('names paths, and may say when it ends', () => {
    expect(problems({ set: { 'taskManager.memory': '4g' }, unset: ['job.args'], expiresIn: '2d' })).toBeUndefined();
    expect(problems({ unset: ['labels.tier'], stopWith: 'checkpoint' })).toBeUndefined();
  });

  test.each<readonly [string, unknown, string]>([
    ['nothing', {}, 'at least one path'],
    ['a fixed path', { set: { 'job.jar': 'x.jar' } }, 'set/job.jar: job.jar cannot be hotfixed'],
    ['a place', { set: { 'placement.backups': [] } }, 'placement.backups cannot be hotfixed'],
    ['its own end', { set: { 'hotfix.maxAge': '90d' } }, 'hotfix.maxAge cannot be hotfixed'],
    ['a typing error', { unset: ['taskmanager.memory'] }, 'did you mean "taskManager.memory"'],
    ['a path twice', { set: { 'job.args': [] }, unset: ['job.args'] }, 'both set and unset'],
    ['two ends', { unset: ['job.args'], expiresIn: '1d', expiresAt: NOW }, 'give one of them'],
    ['an end without its unit', { unset: ['job.args'], expiresIn: '5' }, 'must be a duration'],
    ['too much', { set: { 'flink.config.a': 'x'.repeat(3000) } }, 'at most 2048 characters'],
    ['too many', { unset: Array.from({ length: 33 }, (_, index) => `labels.l${index}`) }, 'at most 32 paths'],
  ])('is refused for %s', (_, asked, problem) => expect(problems(asked)?.join()).toContain(problem));

  test.each<readonly [string, Record<string, unknown>]>([
    ['a key of Flink', { 'flink.config.s3.secret-key': 'hunter2' }],
    ['a nested key', { 'flink.config.s3': { 'secret-key': 'hunter2' } }],
    ['a label', { 'labels.password': 'hunter2' }],
    ['an argument', { 'job.args': ['--api-token', 'hunter2'] }],
    ['an argument in one piece', { 'job.args': ['--password=hunter2'] }],
    ['a JVM option', { 'flink.config.env.java.opts.all': '-Djavax.net.ssl.keyStorePassword=hunter2' }],
    ['an address', { 'links.dashboard': 'https://user:hunter2@example.com/' }],
  ])('may hold no secret in %s, and none is repeated', (_, set) => {
    const said = problems({ set })?.join() ?? '';
    expect(said).toContain('would be a secret in plain text');
    expect(said).not.toContain('hunter2');
    expect(requestSchemas.deploy.safeParse({ release: 'clicks/1.0.0', hotfix: { set } }).success).toBe(false);
  });

  it('may name what only sounds like one', () => {
    const args = ['--password-file', '/etc/clicks/password', '--token', '--verbose'];
    expect(problems({ set: { 'job.args': args } })).toBeUndefined();
  });
});
