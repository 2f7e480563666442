/** `sluice render`: a deployment file as it is meant: base merged in, defaults filled in. */
import type { Command } from '@commander-js/extra-typings';
import { stringify } from 'yaml';
import { formatInputErrors } from '../../domain/deployment-file-parse.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { CliContext } from '../context.ts';
import { readDeploymentFile } from '../deployment-files.ts';

export function registerRender(program: Command, { out }: CliContext): void {
  program
    .command('render')
    .description('print a deployment file with its base merged in and every default filled in')
    .argument('<file>', 'deployment file')
    .option('--without-defaults', 'only what is written')
    .action(async (path, { withoutDefaults }) => {
      const read = await readDeploymentFile(path);
      if (!read.ok) {
        throw new SluiceError('InvalidDeploymentFile', formatInputErrors(read.errors), { errors: read.errors });
      }
      out.result(read.file, () => out.line((withoutDefaults === true ? read.text : stringify(read.file)).trimEnd()));
    });
}
