/** `sluice render`: prints a deployment file with its base merged in and its defaults filled in. */
import type { Command } from '@commander-js/extra-typings';
import { parse, stringify } from 'yaml';
import { formatInputErrors } from '../../domain/deployment-file/parse.ts';
import { originsOf } from '../../domain/deployment-file/origins.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { CliContext } from '../context.ts';
import { readDeploymentFile } from '../releases/deployment-files.ts';

export function registerRender(program: Command, { out }: CliContext): void {
  program
    .command('render')
    .description('print a deployment file with its base merged in and every default filled in; as JSON with origins')
    .argument('<file>', 'deployment file')
    .option('--without-defaults', 'print only what the files say')
    .action(async (path, { withoutDefaults }) => {
      const result = await readDeploymentFile(path);
      if (!result.ok) {
        throw new SluiceError('InvalidDeploymentFile', formatInputErrors(result.errors), { errors: result.errors });
      }
      const origins = originsOf(result.file, result.written);
      const isKept = (origin: string) => withoutDefaults !== true || origin !== 'default';
      const shown = {
        file: withoutDefaults === true ? (parse(result.text) as unknown) : result.file,
        origins: Object.fromEntries(Object.entries(origins).filter(([, origin]) => isKept(origin))),
      };
      out.result(shown, () => out.line((withoutDefaults === true ? result.text : stringify(result.file)).trimEnd()));
    });
}
