/** The first token of an installation: without one, nobody could make any. */
import type { Logger } from 'pino';
import { FIRST_TOKEN, partsOf, tokenOf, type TokenRecord } from '../../domain/access/tokens.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { createToken, listTokens, markFirstToken, wasFirstTokenMade } from '../../records/access/tokens.ts';
import type { Access } from '../dependencies.ts';
import { hashOf, newSecret } from './secrets.ts';

const RETRY_MS = 5_000;

interface FirstToken {
  readonly tokens: Access['tokens'];
  /** The token that whoever set the installation up has chosen; undefined: one is made and shown once. */
  readonly chosen: string | undefined;
  /** Shows the token to the person who starts the API; never a log. */
  readonly show: (text: string) => unknown;
  /** Hears of the id of a token that was made. */
  readonly onMade?: (id: string) => void;
}

/**
 * Makes an admin's token for an installation that never had one. A token that was revoked does not come back.
 * @throws SluiceError `InvalidRequest` for a chosen token of another form.
 */
export async function makeFirstToken({ tokens, chosen, show, onMade }: FirstToken): Promise<void> {
  const parts = chosen === undefined ? { id: FIRST_TOKEN, secret: newSecret() } : partsOf(chosen);
  if (!parts)
    throw new SluiceError('InvalidRequest', 'SLUICE_FIRST_TOKEN must have the form slc_<id>_<secret of 43 characters>');
  if (await wasFirstTokenMade(tokens)) return;
  if ((await listTokens(tokens)).length > 0) {
    await markFirstToken(tokens);
    return;
  }
  const record: TokenRecord = {
    version: 1,
    id: parts.id,
    name: 'admin',
    hash: hashOf(parts.secret),
    bindings: [{ role: 'admin' }],
    createdAt: new Date().toISOString(),
    createdBy: null,
    expiresAt: null,
  };
  const isMade = await createToken(tokens, record);
  // After the token: an API that ends in between leaves a token, and the next one its mark.
  await markFirstToken(tokens);
  if (isMade) onMade?.(parts.id);
  if (isMade && chosen === undefined)
    show(
      `The first token of this installation, for its admin. It is shown this once:\n  ${tokenOf(parts.id, parts.secret)}\n`,
    );
}

/** The same, again and again while S3 does not answer. @returns a function that ends that. */
export function keepMakingFirstToken(first: FirstToken, log: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const attempt = async (): Promise<void> => {
    try {
      await makeFirstToken(first);
    } catch (failure) {
      if (isStopped) return;
      log.warn({ err: failure }, 'whether there is a token is not known yet');
      timer = setTimeout(() => void attempt(), RETRY_MS);
    }
  };
  void attempt();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
