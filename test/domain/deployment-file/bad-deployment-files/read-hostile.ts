/** A process of its own for one list of hostile files: a line of JSON before and after each. */
import { bombs, crowds, slowPatterns } from './hostile.ts';

const lists = { bombs, crowds, slowPatterns };
const list = process.argv[2] as keyof typeof lists; // by the test beside this file

for (const { name, read } of lists[list]) {
  process.stdout.write(`${JSON.stringify({ began: name })}\n`);
  process.stdout.write(`${JSON.stringify({ name, said: read().slice(0, 20_000) })}\n`);
}
