/** The ways in which a start reaches YARN, and which of them is taken. */
import { z } from 'zod';

/** The first that a cluster offers is the one that `auto` takes. */
export const launcherNames = ['direct', 'shell-runner'] as const;
export const LauncherName = z.enum(launcherNames);
export type LauncherName = z.infer<typeof LauncherName>;

/** The choices of a deployment file, or of one deploy. */
export const LauncherChoice = z.enum(['auto', ...launcherNames]);
export type LauncherChoice = z.infer<typeof LauncherChoice>;

/** Null when the cluster does not offer what was asked for. */
export const chooseLauncher = (asked: LauncherChoice, offers: (name: LauncherName) => boolean): LauncherName | null =>
  launcherNames.find((name) => (asked === 'auto' || asked === name) && offers(name)) ?? null;
