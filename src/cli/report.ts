/** Prints what went wrong, why and what to do. */
import { escaped } from '../domain/input/input-path.ts';
import { explain } from './failures.ts';
import type { Output } from './output.ts';

/** Prints a failure, for programs as JSON, and answers its exit code. */
export function report(out: Output, failure: unknown): number {
  const { exit, title, detail, hint, problem } = explain(failure);
  if (out.format === 'json') out.json(problem);
  else {
    const { red, dim } = out.colors;
    // Escapes each line, because a detail may repeat the text of a file or a server.
    out.note(`${red(`${title}:`)} ${detail.split('\n').map(escaped).join('\n')}`);
    if (hint !== null) out.note(dim(hint));
  }
  return exit;
}
