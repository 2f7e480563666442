/** `sluice schema`: prints the JSON Schema of the deployment file, for editors. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { deploymentJsonSchema } from '../../domain/deployment-file/json-schema.ts';
import type { CliContext } from '../context.ts';

const USUAL_PLACE = '.sluice/deployment.v1.schema.json';

export function registerSchema(program: Command, { out }: CliContext): void {
  program
    .command('schema')
    .description('print the JSON Schema of the deployment file')
    .option('--write [file]', `write it to a file (default: ${USUAL_PLACE})`)
    .action(({ write }) => {
      const schema = deploymentJsonSchema();
      if (write === undefined) {
        out.json(schema);
        return;
      }
      const file = write === true ? USUAL_PLACE : write;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
      out.result({ file }, () => out.line(`Written to ${file}`));
    });
}
