/** Shows the progress of a publish: a line for each finished file, and on a terminal a moving bar. */
import type { UploadProgress } from '../../releases/upload.ts';
import type { Output } from '../output.ts';
import { bytes } from '../show.ts';

const WIDTH = 24;

const remarks = {
  sent: '',
  copied: ', copied from an earlier release',
  'was there': ', was there already',
} as const;

export class UploadBar {
  readonly #out: Output;
  readonly #sending = new Map<string, { readonly bytes: number; readonly size: number }>();

  constructor(out: Output) {
    this.#out = out;
  }

  readonly show: UploadProgress = ({ name, size, bytes: done, how }) => {
    if (how === 'sending') {
      this.#sending.set(name, { bytes: done, size });
    } else {
      this.#sending.delete(name);
      this.#out.progress(`  ${name} (${bytes(size)}${remarks[how]})`);
    }
    if (this.#sending.size > 0) this.#out.passing(`  ${this.#line()}`);
  };

  #line(): string {
    const all = [...this.#sending.values()];
    const size = all.reduce((sum, file) => sum + file.size, 0);
    const done = all.reduce((sum, file) => sum + file.bytes, 0);
    const full = Math.floor((WIDTH * done) / Math.max(1, size));
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
    return `${bar} ${bytes(done)} of ${bytes(size)}  ${[...this.#sending.keys()].join(', ')}`;
  }
}
