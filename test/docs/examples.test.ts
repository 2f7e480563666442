/** Examples that people copy out of the documents work. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config.ts';
import { parseDeploymentFile } from '../../src/domain/deployment-file/parse.ts';
import { memoryLimits } from '../../src/domain/job/job-memory.ts';
import { requestSchemas } from '../../src/domain/operation/operation.ts';
import * as keys from '../../src/domain/identity/storage-keys.ts';
import { blocksIn, textOf } from './markdown.ts';

const readme = textOf('README.md');
const [file = ''] = blocksIn(readme, 'yaml');

test('the deployment file of the README has twelve lines and is valid', () => {
  expect(file.trim().split('\n')).toHaveLength(12);
  expect(parseDeploymentFile(file)).toMatchObject({ ok: true, file: { name: 'clicks-dev' } });
});

test('none of its fields can be left out', () => {
  const whole = z.record(z.string(), z.unknown()).parse(parse(file));
  for (const [name, value] of Object.entries(whole)) {
    const fields = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const smaller = fields.map(([left]) => ({
      ...whole,
      [name]: Object.fromEntries(fields.filter(([other]) => other !== left)),
    }));
    const without = Object.fromEntries(Object.entries(whole).filter(([other]) => other !== name));
    for (const broken of [without, ...smaller]) {
      expect(parseDeploymentFile(stringify(broken)).ok, JSON.stringify(broken)).toBe(false);
    }
  }
});

test("the signal of the README's one-liner is a deploy, and its input names the job of its workflow id", () => {
  const [, payload = ''] = /--signal-input '([^']+)'/.exec(readme) ?? [];
  const [, input = ''] = / -i '([^']+)'/.exec(readme) ?? [];
  const [, job = ''] = /-w flink-job:(\S+)/.exec(readme) ?? [];
  expect(requestSchemas.deploy.safeParse(JSON.parse(payload)).success).toBe(true);
  expect(JSON.parse(input)).toEqual({ job });
});

test('the table of S3 in ARCHITECTURE.md has a row for each kind of key', () => {
  const written = [
    keys.releaseKey('p', 'v'),
    keys.textKey('t'),
    keys.claimKey('j', 'o'),
    keys.fenceKey('j'),
    keys.deploymentKey('j', 1),
    keys.auditKey('j', 't', 'o'),
    keys.logsPrefix('j', 'o'),
    keys.stagingPrefix('j', 'f'),
    keys.checkpointsPrefix('j'),
    keys.savepointsPrefix('j'),
  ];
  const architecture = textOf('ARCHITECTURE.md');
  for (const key of written) expect(architecture).toContain(`| \`${key.split('/')[0] ?? ''}/`);
});

test('the limits of what a run remembers are those of the code', () => {
  const words = textOf('ARCHITECTURE.md').replace(/\s+/g, ' ');
  const { operations, knownOperations, rejections, savepoints, waitingRecords } = memoryLimits;
  expect(words).toContain(
    `the last ${operations} operations in full, the last ${knownOperations} ids with outcome, ${rejections} rejections, ${savepoints} savepoints`,
  );
  expect(words).toContain(`with ${waitingRecords} waiting only \`kill\` is accepted`);
});

test('the configuration for Docker is one that worker and API take', () => {
  expect(loadConfig('docker/sluice.yaml').clusters.map(({ name }) => name)).toEqual(['yarn-a']);
});

test('the CLI of docker-compose.yml asks the API over loopback, because it has a token', () => {
  expect(textOf('docker-compose.yml')).toMatch(
    /network_mode: service:api\n[^]*SLUICE_API: http:\/\/127\.0\.0\.1:8080\n/,
  );
});

test.each(['sluice.example.com/', 'http://sluice.example.com', '*.example.com', 'a b', '::1', ''])(
  'the configuration refuses %j as a host of the API',
  (host) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
    const path = join(folder, 'sluice.yaml');
    writeFileSync(
      path,
      textOf('docker/sluice.yaml').replace("hosts: ['api:8080']", `hosts: [${JSON.stringify(host)}]`),
    );
    expect(() => loadConfig(path)).toThrow('api.hosts.0: must be a host such');
    rmSync(folder, { recursive: true });
  },
);

test('docker-compose.yml refers only to services and volumes that it has', () => {
  const Service = z.looseObject({
    image: z.string(),
    depends_on: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
    volumes: z.array(z.string()).default([]),
  });
  const { services, volumes } = z
    .looseObject({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) })
    .parse(parse(textOf('docker-compose.yml'), { merge: true }));
  for (const [name, { depends_on: after = [], volumes: mounted }] of Object.entries(services)) {
    for (const other of Array.isArray(after) ? after : Object.keys(after)) expect(services, name).toHaveProperty(other);
    for (const source of mounted.map((mount) => mount.split(':')[0] ?? '').filter((text) => !text.startsWith('.'))) {
      expect(volumes, name).toHaveProperty(source);
    }
  }
});
