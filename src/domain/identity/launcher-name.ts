/** Launchers by name: the ways in which a start reaches YARN. */
import { z } from 'zod';

/** `auto` takes the first of these that the cluster offers. */
export const launcherNames = ['direct', 'shell-runner'] as const;
export const LauncherName = z.enum(launcherNames);
export type LauncherName = z.infer<typeof LauncherName>;

/** A deployment file, or one deploy, names a launcher or leaves the choice to Sluice. */
export const LauncherChoice = z.enum(['auto', ...launcherNames]);
export type LauncherChoice = z.infer<typeof LauncherChoice>;

/** @returns null when the cluster does not offer the launcher of this choice. */
export const chooseLauncher = (choice: LauncherChoice, offers: (name: LauncherName) => boolean): LauncherName | null =>
  launcherNames.find((name) => (choice === 'auto' || choice === name) && offers(name)) ?? null;
