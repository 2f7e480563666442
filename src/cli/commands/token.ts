/** `sluice token create|list|revoke`: the tokens of an installation, for its admins. */
import { InvalidArgumentError, Option, type Command } from '@commander-js/extra-typings';
import type { TokenItem } from '../../api/access-contract.ts';
import type { Page } from '../../api/contract.ts';
import { roles } from '../../domain/access/permissions.ts';
import { partsOf } from '../../domain/access/tokens.ts';
import { parseDuration } from '../../domain/input/durations.ts';
import { hasSecret } from '../../domain/secrets/secret-text.ts';
import { seg } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { exampleOf, given } from '../shared-options.ts';
import { orDash, time } from '../show.ts';

const COLUMNS = ['ID', 'NAME', 'MAY', 'EXPIRES', 'USED', 'MADE', 'BY'];

export function registerToken(program: Command, context: CliContext): void {
  const token = program.command('token').description('make, list and revoke tokens; for admins');
  registerCreate(token, context);
  token
    .command('list')
    .description('list the tokens, without their secrets')
    .action(async () => {
      const page = await context.api().page<TokenItem>('/tokens');
      context.out.result(page, () => show(context, page));
    });
  token
    .command('revoke')
    .description('revoke a token: every API refuses it within seconds')
    .argument('<id>', 'id of the token, as `sluice token list` shows it')
    .action(async (given) => {
      const id = idOf(given);
      await context.api().remove(`/tokens/${seg(id)}`);
      context.out.result({ id, revoked: true }, () => context.out.line(`Token ${id} is revoked.`));
    });
}

function registerCreate(token: Command, context: CliContext): void {
  token
    .command('create')
    .description('make a token; its secret is shown this once')
    .argument('<name>', 'who or what uses it: the history shows this name')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory())
    .option('--jobs <patterns...>', 'only for these jobs, such as clicks-*')
    .option('--environments <names...>', 'only for jobs of these environments')
    .option('--teams <names...>', 'only for jobs of these owner teams')
    .option(
      '--expires-in <duration>',
      'such as 90d; without it the token lasts until it is revoked, or as long as your own token',
      parseExpiry,
    )
    .addHelpText('after', exampleOf('sluice token create ci-clicks --role deployer --jobs "clicks-*" --expires-in 90d'))
    .action(async (name, { role, jobs, environments, teams, expiresIn }) => {
      const bindings = [{ role, ...given({ jobs, environments, teams }) }];
      const expiresAt = expiresIn === undefined ? undefined : new Date(Date.now() + expiresIn).toISOString();
      const made = (await context.api().post('/tokens', { name, bindings, ...given({ expiresAt }) })) as Made; // shape of the API
      context.out.result(made, () => {
        const until = made.expiresAt === null ? '' : `, until ${time(made.expiresAt)}`;
        context.out.note(`Token ${made.id} of ${name}${until}. It is shown this once:`);
        context.out.line(made.token);
      });
    });
}

type Made = TokenItem & { readonly token: string };

function show({ out }: CliContext, { items }: Page<TokenItem>): void {
  out.table(COLUMNS, items.map(cells));
}

const cells = ({ id, name, bindings, expiresAt, lastUsedAt, createdAt, createdBy }: TokenItem): string[] => [
  id,
  name,
  bindings.map(inWords).join('; '),
  expiresAt === null ? 'never' : time(expiresAt),
  time(lastUsedAt),
  time(createdAt),
  orDash(createdBy),
];

/** Such as `deployer of jobs clicks-* in prod`. */
export function inWords({ role, jobs, environments, teams }: TokenItem['bindings'][number]): string {
  const of = [
    ...(jobs ? [`jobs ${jobs.join(', ')}`] : []),
    ...(teams ? [`teams ${teams.join(', ')}`] : []),
    ...(environments ? [`environments ${environments.join(', ')}`] : []),
  ];
  return of.length === 0 ? role : `${role} of ${of.join(' in ')}`;
}

/** Takes the id out of the text of a token, so that no address, log or message has the secret. @throws UsageError. */
function idOf(text: string): string {
  const id = partsOf(text)?.id ?? text;
  if (!hasSecret(id)) return id;
  throw new UsageError('a token is revoked by its id, and this is a secret: `sluice token list` shows the ids');
}

function parseExpiry(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms === 0) throw new InvalidArgumentError('It must be a duration, such as 90d.');
  return ms;
}
