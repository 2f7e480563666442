/** The releases whose readers are kept, and those that have to be. */

/** The first release whose readers are kept: earlier ones refuse every field that they do not know. */
export const FIRST = '0.2.0';

const HEADING = /^## (\d+\.\d+\.\d+)\b/gm;

/** The versions that the changelog lists as released, newest first. */
export const releasedVersions = (changelog: string): string[] =>
  [...changelog.matchAll(HEADING)].map(([, version = '']) => version);

export const isReleased = (changelog: string, version: string): boolean =>
  releasedVersions(changelog).includes(version);

/** Whether a version is `FIRST` or later. */
export const hasReaders = (version: string): boolean => version.localeCompare(FIRST, 'en', { numeric: true }) >= 0;
