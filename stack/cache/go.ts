// Programs built from Go modules, because no package registry serves them; Go checks each module against its checksums.
import { runCommand } from './command.ts';

interface GoProgram {
  /** The package to build; its last part is the name of the program. */
  readonly module: string;
  readonly version: string;
}

/** Builds a program into a folder. Sources and objects stay in Go's own cache, where other builds share them. */
export async function buildGoProgram(
  { module, version }: GoProgram,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const goEnvironment = { ...environment, GOBIN: directory, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
  const flags = ['-trimpath', '-ldflags=-s -w'];
  await runCommand('go', ['install', ...flags, `${module}@${version}`], { environment: goEnvironment });
}
