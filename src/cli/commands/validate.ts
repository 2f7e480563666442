/** `sluice validate`: finds every mistake of deployment files, without asking anybody. */
import type { Command } from '@commander-js/extra-typings';
import { formatInputErrors } from '../../domain/deployment-file-parse.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { CliContext } from '../context.ts';
import { readDeploymentFile } from '../deployment-files.ts';

export function registerValidate(program: Command, { out }: CliContext): void {
  program
    .command('validate')
    .description('check deployment files; a base file is read from beside them')
    .argument('<files...>', 'deployment files')
    .action(async (files) => {
      const read = await Promise.all(files.map(async (path) => ({ path, result: await readDeploymentFile(path) })));
      const errors = read.flatMap(({ result }) => (result.ok ? [] : result.errors));
      if (errors.length > 0) throw new SluiceError('InvalidDeploymentFile', formatInputErrors(errors), { errors });
      const valid = read.flatMap(({ path, result }) =>
        result.ok ? [{ path, job: result.file.name, environment: result.file.environment }] : [],
      );
      out.result({ valid: true, files: valid }, () => {
        for (const { path, job, environment } of valid) out.line(`${path}: ok, ${job} in ${environment}`);
      });
    });
}
