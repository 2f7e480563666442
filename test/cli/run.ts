/** The CLI in this process, with what it wrote. */
import { Output, type Stream } from '../../src/cli/output.ts';
import { runCli } from '../../src/cli/program.ts';

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly api?: string;
  readonly interrupted?: AbortSignal;
  readonly browse?: ((url: string) => Promise<boolean>) | null;
  readonly answer?: string | ((question: string) => string);
}

/** Runs `sluice <args>`; with `answer` there is a person at the terminal. */
export async function sluice(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written): Stream => ({ write: (text) => void (written[name] += text) });
  const { api = 'http://127.0.0.1:1', interrupted = new AbortController().signal, answer, browse = null } = options;
  const exit = await runCli([...args, '--api', api, '--actor', 'tester'], {
    out: new Output(stream('stdout'), stream('stderr')),
    interrupted,
    browse,
    ask:
      answer === undefined
        ? null
        : (question) => Promise.resolve(typeof answer === 'string' ? answer : answer(question)),
  });
  return { exit, ...written };
}
