/** `sluice publish`: publishes a build as a release. CI runs it; it writes to S3 directly. */
import type { Command } from '@commander-js/extra-typings';
import { versionOf, type Release } from '../../domain/release/release.ts';
import type { CliContext } from '../context.ts';
import { openBucket, withBucketOptions } from '../releases/open-bucket.ts';
import { UploadBar } from '../releases/upload-bar.ts';

export function registerPublish(program: Command, { out }: CliContext): void {
  const command = program
    .command('publish')
    .description('publish a release of JARs, files and deployment files, which never changes again')
    .argument(
      '<files...>',
      'deployment files, the base files that these extend, and the JARs and files that they name (name.jar=path gives a file the name that they use)',
    )
    .requiredOption('--project <name>', 'project, such as clicks')
    .option(
      '--version <version>',
      'version, such as 1.4.2 (default: the commit, with a mark when the checkout has other changes)',
    )
    .option('--git-directory <folder>', 'checkout that was built (default: the working directory)')
    .option(
      '--git-commit <commit>',
      'commit that was built (default: the one of the checkout, unless only --version is given)',
    )
    .option('--build-url <url>', 'page of the build')
    .option(
      '--reuse-jars <release>',
      'take the JARs of this release, such as clicks/1.4.2, for a change of configuration',
    )
    .option('--dry-run', 'check everything and write nothing');
  withBucketOptions(command).action(async (files, options) => {
    // Loads the AWS SDK here, so that other commands start without it.
    const { prepareRelease, publishRelease } = await import('../../releases/publish.ts');
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
      // Leaves out the time, because builds with a cache rely on equal output for equal content.
      const { createdAt: _never, ...checked } = release;
      out.result({ result: 'checked', release: checked }, () =>
        out.line(`${nameOf(release)} can be published: ${release.files.length} files, nothing was written`),
      );
      return;
    }
    const { release, result } = await publishRelease(await openBucket(options), request);
    const outcome = result === 'published' ? 'published' : 'was already published, with the same content';
    out.result({ result, release }, () => out.line(`${nameOf(release)} ${outcome}`));
  });
}

const nameOf = ({ project, version }: Release): string => `${project}/${version}`;

interface BuildOptions {
  readonly version?: string | undefined;
  readonly gitDirectory?: string | undefined;
  readonly gitCommit?: string | undefined;
}

/** Takes the version and commit from the options, else from the checkout. */
async function whatWasBuilt({ version, gitDirectory, gitCommit }: BuildOptions) {
  if (version !== undefined && gitDirectory === undefined) return { version, gitCommit };
  const { readCheckout } = await import('../../releases/git.ts');
  const checkout = await readCheckout(gitDirectory ?? process.cwd());
  return {
    version: version ?? versionOf(checkout),
    gitCommit: gitCommit ?? checkout.commit + (checkout.isDirty ? '-dirty' : ''),
  };
}
