/** `sluice publish`: what CI does with a build; writes to S3 directly. */
import { readFileSync } from 'node:fs';
import type { Command } from '@commander-js/extra-typings';
import { z } from 'zod';
import type { S3Client } from '../../clients/s3.ts';
import { loadConfig } from '../../config.ts';
import { versionOf, type Release } from '../../domain/release.ts';
import { localStackFile, type CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { UploadBar } from '../upload-bar.ts';

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
    .option('--version <version>', 'version, such as 1.4.2 (default: the commit, with a mark when it is not all)')
    .option('--git-directory <folder>', 'checkout that was built (default: the working directory)')
    .option('--git-commit <commit>', 'commit that was built (default: that of the checkout, where git is asked)')
    .option('--build-url <url>', 'where the build can be seen')
    .option(
      '--reuse-jars <release>',
      'take the JARs of this release, such as clicks/1.4.2, for a change of configuration',
    )
    .option('--dry-run', 'check everything and write nothing')
    .option('--bucket <name>', 'bucket (default: that of SLUICE_CONFIG, else of the local stack)')
    .option('--s3-endpoint <url>', 'address of an S3 other than AWS; credentials come from the environment')
    .option('--s3-region <region>', 'region of the bucket', 'us-east-1')
    .action(async (files, options) => {
      // Loaded here, since no other command waits for the AWS SDK.
      const { prepareRelease, publishRelease } = await import('../../clients/release-store.ts');
      const bar = new UploadBar(out);
      const request = {
        project: options.project,
        ...(await whatWasBuilt(options)),
        buildUrl: options.buildUrl,
        files,
        reuseJars: options.reuseJars,
        onProgress: bar.show,
      };
      if (options.dryRun === true) {
        const bucket = options.reuseJars === undefined ? null : await openBucket(options);
        const { release } = await prepareRelease(bucket, request);
        out.result({ result: 'checked', release }, () =>
          out.line(`${nameOf(release)} can be published: ${release.files.length} files, nothing was written`),
        );
        return;
      }
      const { release, result } = await publishRelease(await openBucket(options), request);
      const said = result === 'published' ? 'published' : 'was already published, with the same content';
      out.result({ result, release }, () => out.line(`${nameOf(release)} ${said}`));
    });
}

const nameOf = ({ project, version }: Release): string => `${project}/${version}`;

interface BuildOptions {
  readonly version?: string | undefined;
  readonly gitDirectory?: string | undefined;
  readonly gitCommit?: string | undefined;
}

/** The version and commit that were given, else those of the checkout. */
async function whatWasBuilt({ version, gitDirectory, gitCommit }: BuildOptions) {
  if (version !== undefined && gitDirectory === undefined) return { version, gitCommit };
  const { readCheckout } = await import('../../clients/git.ts');
  const checkout = await readCheckout(gitDirectory ?? process.cwd());
  return {
    version: version ?? versionOf(checkout),
    gitCommit: gitCommit ?? checkout.commit + (checkout.isDirty ? '-dirty' : ''),
  };
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
