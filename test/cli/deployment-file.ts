/** Deployment files for tests of the CLI. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A small deployment file that lacks only the name of its job. */
export const BASE = `apiVersion: sluice/v1
kind: FlinkJob
environment: dev
owner: {team: ads}
placement: {cluster: yarn-a}
flink: {version: "1.20.1", config: {execution.checkpointing.interval: 10s}}
job: {jar: clicks.jar, entryClass: com.example.Clicks}
`;

interface Folder {
  /** Writes a file into the folder of this test and answers its path. */
  readonly file: (name: string, text: string) => Promise<string>;
  /** The path of a name in the folder of this test; without a name the folder itself. */
  readonly pathOf: (name?: string) => string;
}

/** Gives each test of a file a folder of its own, which is gone after it. */
export function useFolder(): Folder {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'))));
  afterEach(async () => await rm(folder, { recursive: true }));
  const pathOf = (name = ''): string => join(folder, name);
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(pathOf(name), text);
    return pathOf(name);
  };
  return { file, pathOf };
}
