/** `sluice releases`: lists the releases that can be deployed, or shows one. */
import type { Command } from '@commander-js/extra-typings';
import type { Page, ReleaseBody, ReleaseItem } from '../../api/contract.ts';
import { parseReleaseName } from '../../domain/release/release.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { noteRest, withPageOptions } from '../list-options.ts';
import { bytes, orDash, time } from '../show.ts';
import { showOnceOrWatch } from '../watch.ts';

export function registerReleases(program: Command, context: CliContext): void {
  const command = program
    .command('releases')
    .description('list releases, newest first, or show one')
    .argument('[name]', 'a project such as clicks, or a release such as clicks/1.4.2');
  withPageOptions(command)
    .option('-w, --watch', 'refresh every two seconds, so that new releases appear')
    .action(async (name, { watch, ...query }) => {
      const release = name === undefined ? null : parseReleaseName(name);
      if (release) await showRelease(context, release.project, release.version);
      else await listReleases(context, name, query, watch);
    });
}

async function listReleases(
  context: CliContext,
  project: string | undefined,
  query: Readonly<Record<string, string | undefined>>,
  watch: boolean | undefined,
): Promise<void> {
  const path = project === undefined ? '/releases' : `/releases/${seg(project)}`;
  const api = context.api();
  await showOnceOrWatch(
    context,
    watch,
    async () => await api.page<ReleaseItem>(path, query),
    (page) => showPage(context, page),
  );
}

function showPage({ out }: CliContext, page: Page<ReleaseItem>): void {
  out.result(page, () => {
    if (page.items.length === 0) {
      out.line('No releases. Publish one: sluice publish --help');
      noteRest(out, page);
      return;
    }
    out.table(
      ['RELEASE', 'PUBLISHED', 'COMMIT', 'JOBS'],
      page.items.map((item) => [
        item.name,
        time(item.publishedAt),
        orDash(item.gitCommit?.slice(0, 12)),
        item.jobs.join(', '),
      ]),
    );
    noteRest(out, page);
  });
}

async function showRelease(context: CliContext, project: string, version: string): Promise<void> {
  const { out } = context;
  const release = (await context.api().get(`/releases/${seg(project)}/${seg(version)}`)) as ReleaseBody; // shape of the API
  out.result(release, () => {
    out.fields([
      ['release', `${release.project}/${release.version}`],
      ['published', time(release.publishedAt)],
      ['created', time(release.createdAt)],
      ['commit', release.gitCommit],
      ['build', release.buildUrl],
    ]);
    out.line();
    out.table(
      ['FILE', 'KIND', 'SIZE', 'JOB', 'SHA256'],
      release.files.map(({ name, kind, size, job, sha256 }) => [name, kind, bytes(size), orDash(job), sha256]),
    );
  });
}
