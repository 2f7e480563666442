/** Seen to fail: with the bar also where nobody sees it move, and without the reason why nothing was sent. */
import { expect, it } from 'vitest';
import { Output } from '../../../src/cli/output.ts';
import { UploadBar } from '../../../src/cli/releases/upload-bar.ts';

const MiB = 1024 * 1024;

function shown(isTTY: boolean): { readonly bar: UploadBar; readonly text: () => string } {
  let text = '';
  const stream = { isTTY, write: (more: string) => (text += more) };
  return { bar: new UploadBar(new Output(stream, stream)), text: () => text };
}

it('moves on a terminal, and leaves a line for each file', () => {
  const { bar, text } = shown(true);
  bar.show({ name: 'clicks.jar', size: 32 * MiB, bytes: 16 * MiB, how: 'sending' });
  expect(text()).toContain(`${'█'.repeat(12)}${'░'.repeat(12)} 16.0 MiB of 32.0 MiB  clicks.jar`);
  bar.show({ name: 'clicks.jar', size: 32 * MiB, bytes: 32 * MiB, how: 'sent' });
  expect(text()).toMatch(/ {2}clicks\.jar \(32\.0 MiB\)\n$/);
});

it('is a line for each file elsewhere, which says why it was not sent', () => {
  const { bar, text } = shown(false);
  bar.show({ name: 'a.jar', size: 32 * MiB, bytes: 16 * MiB, how: 'sending' });
  bar.show({ name: 'b.jar', size: MiB, bytes: MiB, how: 'copied' });
  bar.show({ name: 'c.jar', size: MiB, bytes: MiB, how: 'was there' });
  expect(text()).toBe('  b.jar (1.0 MiB, copied from an earlier release)\n  c.jar (1.0 MiB, was there already)\n');
});
