/** Makes the first token of an installation, as its API does at the first start. */
import { makeFirstToken } from '../../src/api/access/first-token.ts';

/** The admin's token, cut out of the text that is shown once; empty where the bucket had a token before. */
export async function firstTokenOf(tokens: Parameters<typeof makeFirstToken>[0]['tokens']): Promise<string> {
  let shown = '';
  await makeFirstToken({ tokens, chosen: undefined, show: (text) => (shown = text) });
  return /slc_\S+/.exec(shown)?.[0] ?? '';
}
