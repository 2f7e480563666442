/** The folder of the built console. */
export const consoleFolder: string;
/** Builds the console unless the one that is there has the same sources. */
export function ensureConsole(): Promise<void>;
