/** Reads with which credentials this process speaks to Temporal. The only reader of these files. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { messageOf } from '../../domain/errors/message-of.ts';
import type { Config } from '../../config.ts';

export interface TemporalAccess extends Pick<Config['temporal'], 'address' | 'namespace' | 'tls' | 'apiKeyFile'> {
  /** The API key of the environment. */
  readonly apiKey: string | undefined;
}

/** Options of the SDK: `Connection` and `NativeConnection` take the same ones. */
export type Credentials = Required<Pick<NativeConnectionOptions, 'address'>> & {
  readonly tls?: Exclude<NativeConnectionOptions['tls'], boolean | null | undefined>;
  readonly apiKey?: string;
};

/**
 * Reads the files anew.
 * @throws Error that names the field, the file and what to do.
 */
export function readCredentials({ address, tls, apiKeyFile, apiKey }: TemporalAccess): Credentials {
  if (apiKey && apiKeyFile !== undefined)
    throw new Error('SLUICE_TEMPORAL_API_KEY and temporal.apiKeyFile both give an API key: leave one of them out');
  const key = apiKeyFile === undefined ? apiKey : read('temporal.apiKeyFile', apiKeyFile).toString().trim();
  if (apiKeyFile !== undefined && !key)
    throw new Error(`temporal.apiKeyFile ${apiKeyFile} is empty: it has no API key`);
  // With a key the SDK speaks TLS also where `tls` says nothing; saying it here keeps the key from any plain connection.
  const secured = tls ?? (key ? {} : undefined);
  return { address, ...(secured && { tls: readTls(secured) }), ...(key ? { apiKey: key } : {}) };
}

function readTls({ serverName, caFile, certFile, keyFile }: NonNullable<TemporalAccess['tls']>) {
  const ca = caFile === undefined ? undefined : readCertificate('temporal.tls.caFile', caFile);
  const crt = certFile === undefined ? undefined : readCertificate('temporal.tls.certFile', certFile);
  const key = keyFile === undefined ? undefined : read('temporal.tls.keyFile', keyFile);
  if (crt && key) checkPair(crt, key, `temporal.tls.keyFile ${keyFile ?? ''}`);
  return {
    ...(serverName !== undefined && { serverNameOverride: serverName }),
    ...(ca && { serverRootCACertificate: ca }),
    ...(crt && key && { clientCertPair: { crt, key } }),
  };
}

function read(field: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (failure) {
    throw new Error(`${field} cannot be read: ${messageOf(failure)}`, { cause: failure });
  }
}

function readCertificate(field: string, file: string): Buffer {
  const text = read(field, file);
  try {
    new X509Certificate(text);
  } catch (failure) {
    throw new Error(`${field} ${file} has no certificate in PEM form (-----BEGIN CERTIFICATE-----)`, {
      cause: failure,
    });
  }
  return text;
}

/** The SDK would say only that the connection failed. */
function checkPair(cert: Buffer, key: Buffer, what: string): void {
  try {
    createSecureContext({ cert, key });
  } catch (failure) {
    throw new Error(
      `${what} is not the key of temporal.tls.certFile, in PEM form without a passphrase: ${messageOf(failure)}`,
      { cause: failure },
    );
  }
}
