/** `sluice version`: prints the version of the command and of the API that the command asks. */
import type { Command } from '@commander-js/extra-typings';
import { packageVersion, type CliContext } from '../context.ts';

export function registerVersion(program: Command, context: CliContext): void {
  program
    .command('version')
    .description('print the version of the command and of the API')
    .action(async () => {
      const { out } = context;
      const client = packageVersion();
      const api = context.api();
      const server = await api.get('/openapi.json').then(
        (document) => (document as { info?: { version?: string } }).info?.version ?? null, // shape of the API
        () => null,
      );
      out.result({ client, server, api: api.base }, () =>
        out.fields([
          ['sluice', client],
          ['API', server === null ? `does not answer at ${api.base}` : `${server} at ${api.base}`],
        ]),
      );
    });
}
