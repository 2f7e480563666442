/** Makes the settings of logins from the configuration of an installation. */
import { createIdentityProvider } from '../../clients/oidc/identity-provider.ts';
import type { Config } from '../../config.ts';
import { parseDuration } from '../../domain/input/durations.ts';
import type { LoginSettings } from './logins.ts';

/** @param clientSecret comes from the environment, because the configuration holds no credentials. */
export function loginSettingsOf(
  {
    installation,
    access: { groups, oidc, proxy },
    api: { publicUrl },
  }: Pick<Config, 'installation' | 'access' | 'api'>,
  clientSecret: string | undefined,
): LoginSettings {
  const isSecure = publicUrl?.startsWith('https:') ?? false;
  const common = { installation, groups, proxy: proxy ?? null, isSecure };
  if (!oidc || publicUrl === undefined) return { ...common, oidc: null };
  const { issuer, clientId, scopes, algorithms, audience, claims, session } = oidc;
  return {
    ...common,
    oidc: {
      provider: createIdentityProvider({ issuer, clientId, clientSecret, scopes, algorithms, audience }),
      publicUrl,
      claims,
      takesJwts: audience !== undefined,
      limits: { lifetimeMs: parseDuration(session.lifetime) ?? 0, idleMs: parseDuration(session.idle) ?? 0 },
    },
  };
}
