/** `sluice distribution publish|list|warm|retire`: Flink as the platform provides it; for admins. */
import type { Command } from '@commander-js/extra-typings';
import type { DistributionItem, WarmBody } from '../../api/distributions/contract.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../failures.ts';
import { openBucket, withBucketOptions } from '../releases/open-bucket.ts';
import { exampleOf } from '../shared-options.ts';
import { orDash, time } from '../show.ts';

export function registerDistribution(program: Command, context: CliContext): void {
  const distribution = program
    .command('distribution')
    .description('publish Flink for starts, and make class archives that start it quicker; for admins');
  registerList(distribution, context);
  registerPublish(distribution, context);
  registerWarm(distribution, context);
  distribution
    .command('retire')
    .description('have no new start take a published distribution; its files stay in the bucket')
    .argument('<version>', 'version of Flink, such as 1.20.1')
    .requiredOption('--reason <text>', 'why, for people whose starts are refused')
    .option('--force', 'also while jobs ran with it last and no other distribution of the version is known')
    .addHelpText('after', exampleOf('sluice distribution retire 1.19.1 --reason "no security fixes any more"'))
    .action(async (version, { reason, force = false }) => {
      const body = await context.api().post(`/distributions/${seg(version)}/retire`, { reason, force });
      context.out.result(body, () => context.out.line(`Flink ${version} is retired; instances that run go on`));
    });
}

function registerPublish(distribution: Command, context: CliContext): void {
  const command = distribution
    .command('publish')
    .description(
      'upload an unpacked Flink distribution with a key that may write dist/ of the bucket, and have starts take it',
    )
    .argument('<folder>', 'the folder with lib/, plugins/ and conf/; publishing the same files again changes nothing')
    .option('--plugin <name...>', 'further folders below plugins/ to take along; s3-fs-hadoop always is', [])
    .option('--log4j <file>', "configuration of logging (default: the folder's conf/log4j.properties)");
  withBucketOptions(command)
    .addHelpText('after', exampleOf('sluice distribution publish ./flink-1.20.1', 'sluice distribution warm yarn-a'))
    .action(async (folder, options) => {
      const { out } = context;
      // Loads the AWS SDK here, so that other commands start without it.
      const { publishFolder } = await import('../../distributions/publish.ts');
      const { readFlinkFolder } = await import('../../distributions/folder.ts');
      const flink = await readFlinkFolder(folder, { plugins: options.plugin, logging: options.log4j });
      const s3 = await openBucket(options);
      const uploaded = await publishFolder(s3, flink, (path) => {
        out.note(`uploading ${path}`);
      });
      const body = (await context.api().post('/distributions', { folder: uploaded.folder })) as DistributionItem; // shape of the API
      out.result({ ...body, uploaded: uploaded.uploaded }, () =>
        out.line(`Flink ${body.flinkVersion} is published in ${body.folder}: ${uploaded.uploaded} files uploaded`),
      );
    });
}

function registerList(distribution: Command, { out, api }: CliContext): void {
  distribution
    .command('list')
    .description('list the distributions, and the class archives of each cluster')
    .action(async () => {
      const page = await api().page<DistributionItem>('/distributions');
      out.result(page, () => {
        out.table(['FLINK', 'FOLDER', 'SIZE', 'PUBLISHED', 'BY', 'CLASS ARCHIVES'], page.items.map(cells));
        for (const item of page.items) {
          const { flinkVersion, retired, clusters, archive } = item;
          if (retired)
            out.note(`${flinkVersion}: retired since ${time(retired.at)} by ${retired.by}: ${retired.reason}`);
          const takenBack = item.retirements?.at(-1);
          if (!retired && takenBack)
            out.note(
              `${flinkVersion}: published again by ${item.publishedBy ?? '?'}, after ${takenBack.by} had retired it ${time(takenBack.at)}: ${takenBack.reason}`,
            );
          if (archive?.unchanged === false)
            out.note(`${flinkVersion}: flink.tgz is not the one that was published; publish it again`);
          for (const { name, warmUp } of clusters) {
            if (warmUp?.endedAt === null)
              out.note(`${flinkVersion}: ${name} is being warmed since ${time(warmUp.since)}`);
            else if (warmUp?.error) out.note(`${flinkVersion}: the warm-up of ${name} failed: ${warmUp.error}`);
          }
        }
      });
    });
}

const MEGABYTE = 1024 * 1024;

const cells = ({ flinkVersion, folder, bytes, publishedAt, publishedBy, clusters }: DistributionItem): string[] => {
  const warm = clusters.filter(({ archives }) => archives !== null).map(({ name }) => name);
  return [
    flinkVersion,
    folder,
    bytes === null ? '-' : `${Math.round(bytes / MEGABYTE)} MB`,
    publishedAt === null ? 'by the configuration' : time(publishedAt),
    orDash(publishedBy),
    warm.length === 0 ? 'none' : warm.join(', '),
  ];
};

const LOOK_EVERY_MS = 2_000;
const LONGEST_MS = 30 * 60_000;

function registerWarm(distribution: Command, context: CliContext): void {
  const command = distribution
    .command('warm')
    .description('make class archives of Flink on a cluster, by two throw-away applications of some minutes')
    .argument('<cluster>', 'name of the cluster, as `sluice clusters` shows it')
    .option('--flink <version>', 'version of Flink (default: every published one)')
    .option('--queue <name>', 'queue of the applications', 'default')
    .option('--no-wait', 'return as soon as it has begun');
  command
    .addHelpText(
      'after',
      exampleOf('sluice distribution warm yarn-a', 'sluice distribution warm yarn-a --flink 1.20.1'),
    )
    .action(async (cluster, { flink, queue, wait }) => {
      const { out } = context;
      const { items } = await context.api().page<DistributionItem>('/distributions');
      const chosen = items
        .filter(({ source, retired }) => source === 'published' && retired === null)
        .map(({ flinkVersion }) => flinkVersion)
        .filter((version) => flink === undefined || version === flink);
      const versions = flink !== undefined && chosen.length === 0 ? [flink] : chosen;
      if (versions.length === 0) {
        out.note('No distribution is published: see `sluice distribution publish --help`');
        context.exitCode = exitCodes.failed;
      }
      for (const version of versions) await warm(context, { version, cluster, queue, wait });
    });
}

interface Warming {
  readonly version: string;
  readonly cluster: string;
  readonly queue: string;
  readonly wait: boolean;
}

async function warm(context: CliContext, { version, cluster, queue, wait }: Warming): Promise<void> {
  const { out } = context;
  const api = context.api();
  const begun = (await api.post(`/distributions/${seg(version)}/warm`, { cluster, queue })) as WarmBody; // shape of the API
  if (!wait) {
    out.result(begun, () => out.line(`Flink ${version} is being warmed on ${cluster}`));
    return;
  }
  out.note(`Flink ${version} is being warmed on ${cluster}; this takes some minutes`);
  const endsAt = Date.now() + LONGEST_MS;
  while (Date.now() < endsAt) {
    const { items } = await api.page<DistributionItem>('/distributions');
    const found = items.find(({ flinkVersion }) => flinkVersion === version);
    const place = found?.clusters.find(({ name }) => name === cluster);
    if (place?.warmUp?.id === begun.warmUp.id && place.warmUp.endedAt !== null) {
      const { error } = place.warmUp;
      if (error !== null) context.exitCode = exitCodes.failed;
      out.result(place, () =>
        out.line(
          error === null
            ? `Starts of Flink ${version} on ${cluster} use class archives: ${place.archives?.java ?? ''}`
            : `The warm-up of Flink ${version} on ${cluster} failed: ${error}`,
        ),
      );
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  out.note(`The warm-up of ${cluster} goes on; \`sluice distribution list\` shows how it ends`);
  context.exitCode = exitCodes.stillGoing;
}
