/** docs/cli.md: the help of the program and of each command. */
import { generatedFrom, page } from './markdown.ts';

const block = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;

export const cliPage = (program: string, commands: ReadonlyMap<string, string>): string =>
  page(
    generatedFrom('the commands in src/cli/'),
    '# The command line',
    'In the repository the program is `node bin/sluice.mjs`. Most commands talk to the API. `publish` and `prune` read and ' +
      'write the bucket. `validate`, `render`, `schema`, `completion` and `stack` need no API, and `init` works without it.',
    block(program),
    ...[...commands].flatMap(([name, help]) => [`## ${name}`, block(help)]),
  );
