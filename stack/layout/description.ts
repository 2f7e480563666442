// Describes the running stack with its addresses and credentials. `status --json` prints this description.
import { z } from 'zod';
import { readJson, writeFileAtomically, type StackFiles } from './stack-files.ts';
import type { Stack } from '../stack.ts';
import { describeClusters, temporalAddress } from './sluice-configuration.ts';

const StackDescription = z.object({
  api: z.string(),
  token: z.string(),
  ui: z.string(),
  temporal: z.object({ address: z.string(), ui: z.string() }),
  s3: z.object({
    endpoint: z.string(),
    region: z.string(),
    bucket: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
  }),
  clusters: z.array(
    z.object({ name: z.string(), zone: z.string(), resourceManager: z.string(), applicationClasspath: z.string() }),
  ),
  /** The file into which the example jobs write their records. */
  observer: z.string(),
});
/** The address of each part of the stack. */
export type StackDescription = z.infer<typeof StackDescription>;

function descriptionFile(files: StackFiles): string {
  return `${files.directory}/description.json`;
}

/** Writes the description for later commands. Only its owner may read the file, because it holds the credentials. */
export function writeDescription(stack: Stack): void {
  const url = `http://127.0.0.1:${stack.port('api')}`;
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = stack.s3;
  const description = StackDescription.parse({
    api: url,
    token: stack.token,
    ui: url,
    temporal: temporalAddress(stack),
    s3: { endpoint, region, bucket, accessKeyId, secretAccessKey },
    clusters: describeClusters(stack),
    observer: stack.files.observer,
  });
  writeFileAtomically(descriptionFile(stack.files), `${JSON.stringify(description, null, 2)}\n`, 0o600);
}

/** Reads the description of the stack. Returns undefined if the stack was never up. */
export function readDescription(files: StackFiles): StackDescription | undefined {
  return readJson(descriptionFile(files), StackDescription);
}
