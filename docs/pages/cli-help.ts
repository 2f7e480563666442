/** The CLI's own help texts, read from the running program. */
import { Output } from '../../src/cli/output.ts';
import { runCli } from '../../src/cli/program.ts';

/** The help of a command, or of the program. */
export async function helpOf(command: readonly string[]): Promise<string> {
  let written = '';
  const stream = { write: (text: string) => void (written += text) };
  await runCli([...command, '--help'], {
    out: new Output(stream, stream),
    interrupted: new AbortController().signal,
    ask: null,
    browse: null,
  });
  return written.trimEnd();
}

/** The commands in the order in which the program lists them. */
export async function commandNames(): Promise<readonly string[]> {
  const [, list = ''] = (await helpOf([])).split('\nCommands:\n');
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].flatMap(([, name]) =>
    name === undefined || name === 'help' ? [] : [name],
  );
}
