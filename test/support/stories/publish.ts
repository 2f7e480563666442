/**
 * Publishers that are killed, and releases that differ in every build.
 *
 * Seen to fail: with `release.json` written before the files (killed publishers), with a file of somebody else taken for
 * one's own (racing publishers).
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { releaseFileKey } from '../../../src/domain/identity/storage-keys.ts';
import type { Release } from '../../../src/domain/release/release.ts';
import { ReleaseCatalogue } from '../../../src/releases/catalogue.ts';
import { readRelease } from '../../../src/releases/read.ts';
import { SeededRandom } from '../../scenarios/simulation/random.ts';
import { jarWith } from '../../world/jar.ts';
import { sluice, sluiceProcess } from '../commands.ts';
import { bucketOf, newJobName, runningStack } from '../stack.ts';

const JAR_BYTES = 40 * 1024 * 1024;

/** A project of its own in the stack's catalogue, with a folder for its builds. */
export class PublishedProject {
  readonly name = newJobName('publish');
  readonly #s3 = bucketOf(runningStack());
  readonly #folder = mkdtemp(join(tmpdir(), 'sluice-publish-'));

  async remove(): Promise<void> {
    await rm(await this.#folder, { recursive: true, force: true });
  }

  /** A JAR in two parts, and two deployment files; every build differs. @returns their paths. */
  async build(name: string): Promise<readonly string[]> {
    const at = join(await this.#folder, name);
    await mkdir(at);
    const jar = join(at, 'clicks.jar');
    const directory = jarWith('com.example.Clicks');
    directory.writeUInt32LE(JAR_BYTES, directory.length - 6); // where it begins, behind the noise
    await writeFile(jar, Buffer.concat([randomBytes(JAR_BYTES), directory]));
    const files = ['dev', 'prod'].map((environment) => join(at, `${environment}.yaml`));
    for (const file of files) await writeFile(file, this.#deploymentFile(basename(file, '.yaml'), name));
    return [jar, ...files];
  }

  #deploymentFile(environment: string, description: string): string {
    return stringify({
      apiVersion: 'sluice/v1',
      kind: 'FlinkJob',
      name: `${this.name}-${environment}`,
      environment,
      description,
      owner: { team: 'ads' },
      placement: { cluster: 'yarn-a' },
      flink: { version: '1.20.1' },
      job: { jar: 'clicks.jar', entryClass: 'com.example.Clicks' },
    });
  }

  /** The arguments of `sluice` that publish these files. */
  command(version: string, files: readonly string[]): readonly string[] {
    return ['publish', '--project', this.name, '--version', version, ...files];
  }

  async versions(): Promise<readonly string[]> {
    return (await new ReleaseCatalogue(this.#s3).list(this.name)).map(({ release }) => release.version);
  }

  /** The release is in the catalogue; every file is there, with the content that the release says. */
  async expectWhole(version: string): Promise<Release> {
    expect(await this.versions()).toContain(version);
    const release = (await readRelease(this.#s3, this.name, version))!;
    expect(release.files.map(({ name }) => name)).toEqual(['clicks.jar', 'dev.yaml', 'prod.yaml']);
    for (const file of release.files) {
      const { sha256, size } = file;
      expect(await this.#s3.sha256Of(releaseFileKey(release, file))).toEqual({ sha256, size });
    }
    return release;
  }
}

/** Kills publishers at random moments, so often, and then lets one publish the whole. */
export async function killedPublishersLeaveNothing(project: PublishedProject, kills: number): Promise<void> {
  const seed = randomBytes(4).readUInt32LE();
  // To play a failure again.
  process.stdout.write(`killed publishers: seed ${seed}\n`);
  const random = new SeededRandom(seed);
  const begun = performance.now();
  expect((await sluice(...project.command('0.0.0', await project.build('whole')))).code).toBe(0);
  // How long a whole one takes here, now: shorter as soon as one ends earlier, so that the next is killed before its end.
  let whole = performance.now() - begun;

  let files = await project.build('killed-0');
  let version = 'killed-0';
  let killed = 0;
  for (let turn = 1; killed < kills; turn += 1) {
    const publisher = sluiceProcess(...project.command(version, files));
    const started = performance.now();
    const ended = new Promise<boolean>((resolve) => publisher.once('exit', (code) => resolve(code === 0)));
    await Promise.race([sleep(whole * (0.3 + 0.8 * random.next())), ended]);
    publisher.kill('SIGKILL');
    const isFinished = await ended;
    const listed = await project.versions();
    if (isFinished) {
      expect(listed).toContain(version);
      whole = Math.min(whole, performance.now() - started);
    } else killed += 1;
    // Killed after its last write it may be published; then it must be whole, and the next turn publishes another one.
    if (!listed.includes(version)) continue;
    await project.expectWhole(version);
    version = `killed-${turn}`;
    files = await project.build(version);
  }
  const { code, stderr } = await sluice(...project.command(version, files));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  await project.expectWhole(version);
}
