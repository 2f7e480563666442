/** `sluice validate`: finds every mistake of deployment files on this machine, without the API. */
import type { Command } from '@commander-js/extra-typings';
import { formatInputErrors } from '../../domain/deployment-file/parse.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { escaped } from '../../domain/input/input-path.ts';
import type { CliContext } from '../context.ts';
import { checkDeploymentFiles, deploymentFilesIn } from '../releases/deployment-files.ts';

export function registerValidate(program: Command, { out }: CliContext): void {
  program
    .command('validate')
    .description('check deployment files and base files; a base file must lie beside the file that extends it')
    .argument('<files...>', 'deployment files, or folders of them')
    .action(async (paths) => {
      const checked = await checkDeploymentFiles(await deploymentFilesIn(paths));
      const errors = checked.flatMap((one) => (one.kind === 'refused' ? one.errors : []));
      if (errors.length > 0) throw new SluiceError('InvalidDeploymentFile', formatInputErrors(errors), { errors });
      const files = checked.flatMap((one) =>
        one.kind === 'job' ? [{ path: one.path, job: one.job, environment: one.environment }] : [],
      );
      const warnings = checked.flatMap(({ path, ...one }) =>
        one.kind === 'job' ? one.warnings.map((message) => ({ path, message })) : [],
      );
      const bases = checked.flatMap((one) => (one.kind === 'base' ? [one.path] : []));
      out.result({ valid: true, files, bases, warnings }, () => {
        for (const { path, job, environment } of files) out.line(`${escaped(path)}: ok, ${job} in ${environment}`);
        for (const path of bases) out.line(`${escaped(path)}: ok, a base file`);
        for (const { path, message } of warnings) out.note(`${escaped(path)}: warning: ${message}`);
      });
    });
}
