/** `sluice login`: logs a person in with any browser, and keeps the session in the file of contexts. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '@commander-js/extra-typings';
import type { DeviceLoginBody, DeviceSession } from '../../api/access-contract.ts';
import { contextsFileFromEnvironment } from '../../config.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { ApiClient } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { readContexts, withContext, writeContexts } from '../installation/contexts.ts';
import { isSilence } from '../failures.ts';
import { exampleOf } from '../shared-options.ts';
import { time } from '../show.ts';

/** RFC 8628, section 3.5: a client that is told to slow down waits five seconds longer from then on. */
const SLOWER_MS = 5_000;

export function registerLogin(program: Command, context: CliContext): void {
  program
    .command('login')
    .description('log in with a browser, on this machine or another one')
    .addHelpText('after', exampleOf('sluice login', 'sluice --context prod login'))
    .action(async () => {
      const target = context.target();
      const api = context.api();
      api.refusePlain(); // before anybody logs in
      const begun = (await api.post('/login/device', {})) as DeviceLoginBody; // shape of the API
      const { verificationUri, verificationUriComplete, userCode } = begun;
      context.out.note(`Open ${verificationUriComplete ?? verificationUri}`);
      context.out.note(`and log in. The page must show the code ${userCode}.`);
      const { session, name, expiresAt } = await answerOf(api, begun, context.interrupted);
      const file = contextsFileFromEnvironment();
      const contexts = readContexts(file);
      const at = target.context ?? new URL(target.api).host;
      const known = Object.hasOwn(contexts.contexts, at) ? contexts.contexts[at] : {};
      const kept = { ...known, api: target.api, session: { text: session, name, expiresAt } };
      writeContexts(file, withContext(contexts, at, kept));
      context.out.result({ context: at, api: target.api, name, expiresAt }, () =>
        context.out.line(`Logged in to ${at} as ${name}, until ${time(expiresAt)} at the latest.`),
      );
    });
}

/** Asks again and again until the person has answered. A silent API is asked again too. */
async function answerOf(
  api: ApiClient,
  { deviceCode, intervalSeconds, expiresInSeconds }: DeviceLoginBody,
  signal: AbortSignal,
): Promise<DeviceSession> {
  const until = Date.now() + expiresInSeconds * 1_000;
  let pauseMs = intervalSeconds * 1_000;
  while (Date.now() < until) {
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new SluiceError('Declined', 'The login was given up');
    try {
      const answer = (await api.post('/login/device/token', { deviceCode })) as DeviceSession | { slowDown: boolean }; // shape of the API
      if ('session' in answer) return answer;
      if (answer.slowDown) pauseMs += SLOWER_MS;
    } catch (failure) {
      if (!isSilence(failure)) throw failure;
    }
  }
  throw new SluiceError('LoginDenied', 'Nobody has logged in with the code in time');
}
