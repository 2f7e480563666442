/** Builds the console once for all files, unless the one that is there has the same sources. */
import { ensureConsole } from '../../../stack/console.mjs';

export const setup = (): Promise<void> => ensureConsole();
