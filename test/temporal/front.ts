/** Stands in front of Temporal as in a company: TLS, client certificates, and API keys that may do more or less. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import {
  connect,
  createSecureServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate authority of its own. `issue` gives the paths of a certificate and its key. */
export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-ca-'));
  readonly caFile = join(this.folder, 'ca.crt');
  readonly #keyFile = join(this.folder, 'ca.key');

  constructor(name: string) {
    const usage = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    const subject = ['-days', '3', '-subj', `/CN=${name}`, ...usage];
    openssl(['req', '-x509', ...NEW_KEY, '-keyout', this.#keyFile, '-out', this.caFile, ...subject]);
  }

  /** `names` as OpenSSL writes them: `DNS:temporal.test,IP:127.0.0.1`. */
  issue(name: string, names: string, days = 2): { readonly certFile: string; readonly keyFile: string } {
    const [certFile, keyFile, request, extensions] = ['crt', 'key', 'csr', 'ext'].map((end) =>
      join(this.folder, `${name}.${end}`),
    ) as [string, string, string, string]; // as many as there are ends
    const usage = 'extendedKeyUsage=serverAuth,clientAuth';
    writeFileSync(
      extensions,
      `basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n${usage}\nsubjectAltName=${names}\n`,
    );
    openssl(['req', '-new', ...NEW_KEY, '-keyout', keyFile, '-out', request, '-subj', `/CN=${name}`]);
    const signer = ['-CA', this.caFile, '-CAkey', this.#keyFile, '-CAcreateserial'];
    openssl([
      'x509',
      '-req',
      '-in',
      request,
      ...signer,
      '-days',
      String(days),
      '-extfile',
      extensions,
      '-out',
      certFile,
    ]);
    return { certFile, keyFile };
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

const openssl = (args: readonly string[]): Buffer =>
  execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });

export interface FrontOptions {
  readonly certFile: string;
  readonly keyFile: string;
  /** The authority of client certificates, which are required then. */
  readonly clientCaFile?: string;
  /** Answers with which code of gRPC a call is refused; null lets it through to Temporal. */
  readonly refuses?: (path: string, headers: IncomingHttpHeaders) => number | null;
}

export interface Front {
  readonly address: string;
  /** The value of `authorization` of each call. */
  readonly authorizations: string[];
  close(): Promise<void>;
}

/** Passes each call on to the Temporal at `target`, which speaks plain HTTP/2. */
export async function startFront(target: string, options: FrontOptions): Promise<Front> {
  const authorizations: string[] = [];
  let session = connect(`http://${target}`);
  /** Some minutes into a run the session was gone, and every further call failed. */
  const temporal = (): ClientHttp2Session => {
    if (session.closed || session.destroyed) session = connect(`http://${target}`).on('error', () => undefined);
    return session;
  };
  const { clientCaFile, refuses } = options;
  const server = createSecureServer({
    cert: readFileSync(options.certFile),
    key: readFileSync(options.keyFile),
    ...(clientCaFile && { ca: readFileSync(clientCaFile), requestCert: true, rejectUnauthorized: true }),
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (one) => sessions.add(one));
  server.on('stream', (stream, headers) => {
    authorizations.push(headers.authorization ?? '');
    stream.on('error', () => undefined);
    const code = refuses?.(headers[':path'] ?? '', headers) ?? null;
    if (code === null) {
      passOn(stream, headers);
      return;
    }
    const message = { 'grpc-status': String(code), 'grpc-message': 'Request unauthorized.' };
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...message }, { endStream: true });
  });

  function passOn(stream: ServerHttp2Stream, { ':authority': _authority, ...headers }: IncomingHttpHeaders): void {
    const call = temporal().request(headers, { endStream: false });
    let trailers: IncomingHttpHeaders = {};
    call.on('response', (answer, flags) => {
      const isAll = (flags & 1) === 1; // END_STREAM: a refusal has its status in the first and only headers
      stream.respond(answer, isAll ? { endStream: true } : { waitForTrailers: true });
    });
    call.on('trailers', (last: IncomingHttpHeaders) => (trailers = last));
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    call.on('error', () => stream.close());
    stream.on('close', () => call.close());
    stream.pipe(call);
    call.pipe(stream);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`, // a server on a port has one
    authorizations,
    async close() {
      session.destroy();
      for (const one of sessions) one.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
