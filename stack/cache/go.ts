// Builds programs from Go modules, because no package registry serves the binaries. Go checks each module's checksums.
import { runCommand } from './command.ts';

interface GoProgram {
  /** The Go package to build. The last part of its path names the program. */
  readonly module: string;
  readonly version: string;
}

/** Builds a program into a folder. Sources and objects stay in Go's own cache, so that other builds share them. */
export async function buildGoProgram(
  { module, version }: GoProgram,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const goEnvironment = { ...environment, GOBIN: directory, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
  const flags = ['-trimpath', '-ldflags=-s -w'];
  await runCommand('go', ['install', ...flags, `${module}@${version}`], { environment: goEnvironment });
}
