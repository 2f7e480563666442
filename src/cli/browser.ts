/** Opens an address in the browser of this machine. */
import { spawn } from 'node:child_process';

/** A browser that begins with this call runs for longer; one that is not there fails at once. */
const LONGEST_START_MS = 2_000;

/**
 * The address is an argument, never a shell's word.
 * @returns false where there is no browser, or no screen for one.
 */
export function openInBrowser(url: string): Promise<boolean> {
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const browser = spawn(command, [url], { stdio: 'ignore', detached: true });
  browser.unref();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), LONGEST_START_MS);
    const end = (isOpen: boolean): void => {
      clearTimeout(timer);
      resolve(isOpen);
    };
    browser.on('error', () => end(false));
    browser.on('exit', (code) => end(code === 0));
  });
}
