/** Opens a connection to see how far it comes: which step fails tells what is wrong with an address or a certificate. */
import { connect as connectPlainly } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls';
import type { Credentials } from './credentials.ts';

const TRY_MS = 5_000;

/** HTTP/2 begins with this text of the client and a frame of settings of each side (RFC 9113, section 3.4). */
const HELLO = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const SETTINGS = 4;

export type Met =
  | { readonly kind: 'speaks' }
  /** Code of an error of Node or OpenSSL, or `CLOSED`, `SILENT` or `NO_HTTP2`. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly certificateNames?: string };

/** Speaks HTTP/2 until the server sends its settings. With TLS 1.3 only that shows that it took the client's certificate. */
export function tryTransport({ address, tls }: Credentials, trustAnyone = false): Promise<Met> {
  return new Promise((resolve) => {
    const socket = tls ? connectSecurely(optionsOf(address, tls, trustAnyone)) : connectPlainly(placeOf(address));
    const end = (met: Met): void => {
      resolve(met);
      socket.destroy();
    };
    const failed = (code: string, message: string): void => end({ kind: 'failed', code, message });
    socket.setTimeout(TRY_MS, () => failed('SILENT', `no answer in ${TRY_MS / 1000} s`));
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(HELLO));
    socket.once('data', (data: Buffer) =>
      data[3] === SETTINGS ? end({ kind: 'speaks' }) : failed('NO_HTTP2', 'it does not speak HTTP/2'),
    );
    socket.once('error', (failure: Failure) => end(failedBy(failure)));
    socket.once('close', () => failed('CLOSED', 'it ended the connection'));
  });
}

/** Errors of a wrong name carry the certificate. */
type Failure = NodeJS.ErrnoException & { readonly cert?: { readonly subjectaltname?: string } };

function failedBy(failure: Failure): Met {
  const { code = '', message, cert } = failure;
  return { kind: 'failed', code, message, ...(cert?.subjectaltname && { certificateNames: cert.subjectaltname }) };
}

function optionsOf(address: string, tls: NonNullable<Credentials['tls']>, trustAnyone: boolean): ConnectionOptions {
  const { serverRootCACertificate: ca, clientCertPair: pair, serverNameOverride: servername } = tls;
  return {
    ...placeOf(address),
    ALPNProtocols: ['h2'],
    rejectUnauthorized: !trustAnyone,
    ...(ca && { ca: Buffer.from(ca) }),
    ...(pair && { cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) }),
    ...(servername !== undefined && { servername }),
  };
}

/** The port is Temporal's where the address has none, as in the SDK. */
function placeOf(address: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(`tcp://${address}`);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 7233) };
}
