/** docs/cli.md: the help of the program and of each command. */
import { generatedFrom, page } from './markdown.ts';

const block = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;

export const cliPage = (program: string, commands: ReadonlyMap<string, string>): string =>
  page(
    generatedFrom('the commands in src/cli/'),
    '# The command line',
    'In the repository the program is `node bin/sluice.mjs`. It talks to the API only, except for `publish`, which writes ' +
      'to S3, and `validate`, `render` and `schema`, which need nobody.',
    block(program),
    ...[...commands].flatMap(([name, help]) => [`## ${name}`, block(help)]),
  );
