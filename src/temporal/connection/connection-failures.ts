/** Says why Temporal cannot be used. The SDK says of a wrong certificate only that the transport failed. */
import { messageOf } from '../../domain/errors/message-of.ts';
import { readCredentials, type Credentials, type TemporalAccess } from './credentials.ts';
import { tryTransport, type Met } from './try-transport.ts';

interface Reason {
  readonly cause: string;
  readonly advice: string;
}

const reason = (cause: string, advice: string): Reason => ({ cause, advice });

const NOT_THERE = 'Check temporal.address and the network on the way.';

const NO_TLS = reason(
  'it speaks no TLS',
  'Take temporal.tls and the API key out of the configuration, or correct temporal.address.',
);
const ONLY_TLS = reason(
  'it speaks TLS, and the configuration does not ask for it',
  'Set temporal.tls; the value {} will do for a certificate of a public authority.',
);
const ASKS_FOR_CERTIFICATE = reason(
  'it asks for a client certificate',
  'Set temporal.tls.certFile and temporal.tls.keyFile.',
);
const REFUSES_CERTIFICATE = reason(
  'it refuses the client certificate',
  'Make sure that temporal.tls.certFile is valid today, and signed by an authority that this Temporal trusts.',
);

/** By the codes of Node (https://nodejs.org/api/tls.html#x509-certificate-error-codes) and of the alerts of OpenSSL. */
const reasons: readonly (readonly [code: RegExp, reason: Reason])[] = [
  [/^ENOTFOUND|^EAI_/, reason('its host name does not resolve', 'Correct temporal.address.')],
  [
    /^ECONNREFUSED/,
    reason('nothing listens there', 'Check that Temporal runs, and that temporal.address has the right port.'),
  ],
  [/^E(HOST|NET)UNREACH|^ETIMEDOUT|^SILENT/, reason('it does not answer', NOT_THERE)],
  [
    /SELF_SIGNED_CERT|^UNABLE_TO_|^CERT_(UNTRUSTED|SIGNATURE_FAILURE|REJECTED)|^INVALID_CA/,
    reason(
      'its certificate is signed by an authority that is not trusted here',
      'Set temporal.tls.caFile to the certificate of the authority that signed it.',
    ),
  ],
  [
    /^CERT_(HAS_EXPIRED|NOT_YET_VALID)/,
    reason(
      'its certificate is not valid today',
      'Renew the certificate of Temporal, or set the clock of this machine.',
    ),
  ],
  [
    /^NO_HTTP2/,
    reason('it does not speak HTTP/2', "Set temporal.address to Temporal's frontend, whose port is 7233 by default."),
  ],
  [/CERTIFICATE_REQUIRED/, ASKS_FOR_CERTIFICATE],
  [/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_|DECRYPT_ERROR)/, REFUSES_CERTIFICATE],
];

/** A sentence with address, cause and advice, for the failure of a connection or of a call on it. */
export async function whyNoConnection(access: TemporalAccess, failure: unknown): Promise<string> {
  const { cause, advice } = answered(access, messageOf(failure)) ?? (await unanswered(access, messageOf(failure)));
  return `Temporal at ${access.address} cannot be used: ${cause}. ${advice}`;
}

/** Reads an answer of Temporal itself, to which a connection stands. Null for all else. */
function answered({ namespace, apiKey, apiKeyFile, tls }: TemporalAccess, message: string): Reason | null {
  if (/namespace .*not found/i.test(message))
    return reason(`it has no namespace ${namespace}`, 'Create the namespace, or correct temporal.namespace.');
  if (
    !/unauthori[sz]ed|unauthenticated|valid authentication credentials|permission.?denied|does not have permission/i.test(
      message,
    )
  )
    return null;
  const hasKey = apiKey !== undefined || apiKeyFile !== undefined;
  if (!hasKey && tls?.certFile === undefined)
    return reason(
      'it asks for credentials',
      'Set SLUICE_TEMPORAL_API_KEY or temporal.apiKeyFile, or a client certificate.',
    );
  return reason(
    `it refuses the ${hasKey ? 'API key' : 'client certificate'} ("${message}")`,
    `Check that it is valid today, and may read and write in namespace ${namespace}.`,
  );
}

/** Tries the connection again, one step at a time. */
async function unanswered(access: TemporalAccess, message: string): Promise<Reason> {
  const credentials = readAgain(access);
  if (credentials instanceof Error) return reason(credentials.message, 'Correct the file or the configuration.');
  const met = await tryTransport(credentials);
  if (met.kind === 'speaks') return reason(message, 'Look at the log of Temporal.');
  const known = reasons.find(([code]) => code.test(met.code))?.[1];
  return known ?? wrongName(access, met) ?? (await otherKind(credentials)) ?? endedBy(met, credentials);
}

function readAgain(access: TemporalAccess): Credentials | Error {
  try {
    return readCredentials(access);
  } catch (failure) {
    return failure instanceof Error ? failure : new Error(messageOf(failure));
  }
}

function wrongName({ address, tls }: TemporalAccess, { code, certificateNames }: Failed): Reason | null {
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return null;
  return reason(
    `its certificate is for ${certificateNames ?? 'no name'}, not for ${tls?.serverName ?? address}`,
    'Set temporal.tls.serverName to a name of its certificate, or correct temporal.address.',
  );
}

/** Tells whether the server speaks TLS where the configuration does not, or the other way round. */
async function otherKind({ tls, ...plain }: Credentials): Promise<Reason | null> {
  if (tls) return (await tryTransport(plain)).kind === 'speaks' ? NO_TLS : null;
  const secured = await tryTransport({ ...plain, tls: {} }, true);
  return secured.kind === 'speaks' || secured.code.includes('CERTIFICATE_REQUIRED') ? ONLY_TLS : null;
}

/** Some servers and proxies refuse a certificate by ending the connection without a word. */
function endedBy({ message }: Failed, { tls }: Credentials): Reason {
  if (!tls) return reason(message, NOT_THERE);
  return tls.clientCertPair === undefined
    ? reason(`${message}, and may want a client certificate`, ASKS_FOR_CERTIFICATE.advice)
    : reason(`${message}, as servers do that refuse the client certificate`, REFUSES_CERTIFICATE.advice);
}

type Failed = Met & { readonly kind: 'failed' };
