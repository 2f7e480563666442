/** `sluice get`: prints the deployment file or the effective configuration of a deployment, as YAML. */
import type { Command } from '@commander-js/extra-typings';
import { stringify } from 'yaml';
import type { ConfigurationBody, DeploymentFileBody } from '../../api/deployment-contract.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { exampleOf } from '../shared-options.ts';

export function registerGet(program: Command, context: CliContext): void {
  program
    .command('get')
    .description('print the deployment file of what runs as YAML, or its effective configuration with origins')
    .argument('<job>', 'name of the job')
    .option('--configuration', 'the effective configuration instead of the file')
    .option('--deployment <number>', 'another deployment than the newest')
    .addHelpText(
      'after',
      exampleOf('sluice get clicks-prod', 'sluice get clicks-prod --configuration --deployment 7 -o json'),
    )
    .action(async (job, { configuration, deployment }) => {
      const number = deployment ?? (await newestOf(context, job));
      const place = `/jobs/${seg(job)}/deployments/${seg(number)}`;
      if (configuration === true) {
        const body = (await context.api().get(`${place}/configuration`)) as ConfigurationBody; // the answer's schema
        context.out.result(body, () => showConfiguration(context, body));
      } else {
        const body = (await context.api().get(`${place}/file`)) as DeploymentFileBody; // the answer's schema
        context.out.result(body, () => {
          context.out.line(body.text.trimEnd());
        });
      }
    });
}

async function newestOf(context: CliContext, job: string): Promise<string> {
  const { items } = await context.api().page<Deployment>(`/jobs/${seg(job)}/deployments`, { limit: '1' });
  const [newest] = items;
  if (!newest) throw new SluiceError('NotFound', `Nothing of ${job} was started`);
  return String(newest.number);
}

/** Prints each option in a line of its own, with the layer that decided it as a comment. */
function showConfiguration({ out }: CliContext, { entries }: ConfigurationBody): void {
  for (const { key, value, origin } of entries) {
    const written = stringify({ [key]: value }, { lineWidth: 0 }).trimEnd();
    out.line(written.includes('\n') ? `# ${origin}\n${written}` : `${written}  # ${origin}`);
  }
}
