/** `sluice publish`: what CI does with a build; writes to S3 directly. */
import { readFileSync } from 'node:fs';
import type { Command } from '@commander-js/extra-typings';
import { z } from 'zod';
import type { S3Client } from '../../clients/s3.ts';
import { loadConfig } from '../../config.ts';
import { localStackFile, type CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { bytes } from '../show.ts';

interface StoreOptions {
  readonly bucket?: string | undefined;
  readonly s3Endpoint?: string | undefined;
  readonly s3Region: string;
}

export function registerPublish(program: Command, { out }: CliContext): void {
  program
    .command('publish')
    .description('publish a release: JARs and deployment files, never to change again')
    .argument('<files...>', 'JARs, deployment files and the base files that these extend')
    .requiredOption('--project <name>', 'project, such as clicks')
    .requiredOption('--version <version>', 'version, such as 1.4.2')
    .option('--git-commit <commit>', 'commit that was built')
    .option('--build-url <url>', 'where the build can be seen')
    .option('--bucket <name>', 'bucket (default: that of SLUICE_CONFIG, else of the local stack)')
    .option('--s3-endpoint <url>', 'address of an S3 other than AWS; credentials come from the environment')
    .option('--s3-region <region>', 'region of the bucket', 'us-east-1')
    .action(async (files, options) => {
      // Loaded here, since no other command waits for the AWS SDK.
      const { publishRelease } = await import('../../clients/release-store.ts');
      const { release, result } = await publishRelease(await openBucket(options), {
        project: options.project,
        version: options.version,
        gitCommit: options.gitCommit,
        buildUrl: options.buildUrl,
        files,
        onFile: ({ name, size }) => out.progress(`  ${name} (${bytes(size)})`),
      });
      const name = `${release.project}/${release.version}`;
      out.result({ result, release }, () =>
        out.line(result === 'published' ? `${name} published` : `${name} was already published, with the same content`),
      );
    });
}

const Credentials = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });

async function openBucket({ bucket, s3Endpoint, s3Region }: StoreOptions): Promise<S3Client> {
  const { createS3Client } = await import('../../clients/s3.ts');
  if (bucket !== undefined) {
    const own = s3Endpoint === undefined ? {} : { endpoint: s3Endpoint, forcePathStyle: true };
    return createS3Client({ bucket, region: s3Region, ...own });
  }
  if (s3Endpoint !== undefined) throw new UsageError('--s3-endpoint needs --bucket');
  const local = localStackFile('sluice.json');
  try {
    return createS3Client(loadConfig().s3);
  } catch (failure) {
    if (local === null) {
      const why = failure instanceof Error ? failure.message : String(failure);
      throw new UsageError(`where to publish is not known: give --bucket, or SLUICE_CONFIG (${why})`, {
        cause: failure,
      });
    }
  }
  const file = localStackFile('credentials.json');
  const credentials = file === null ? undefined : Credentials.parse(JSON.parse(readFileSync(file, 'utf8')));
  return createS3Client({ ...loadConfig(local).s3, credentials });
}
