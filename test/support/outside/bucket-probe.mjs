/**
 * Runs inside a container of YARN, with what the code of a job has: tries to write, replace, read and delete keys, and tells
 * what S3 answered. Arguments: endpoint, bucket, file for the answers, keys.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

const [endpoint, Bucket, file = '', ...keys] = process.argv.slice(2);
const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });

/** @param {() => Promise<unknown>} call */
const answerTo = (call) =>
  call().then(
    () => 'done',
    (/** @type {Error} */ error) => error.name,
  );

/** @type {Record<string, Record<string, string>>} */
const answers = {};
for (const Key of keys) {
  answers[Key] = {
    read: await answerTo(() => client.send(new GetObjectCommand({ Bucket, Key }))),
    write: await answerTo(() => client.send(new PutObjectCommand({ Bucket, Key, Body: 'by a job' }))),
    remove: await answerTo(() => client.send(new DeleteObjectCommand({ Bucket, Key }))),
  };
}
writeFileSync(`${file}.part`, JSON.stringify({ user: process.env['AWS_ACCESS_KEY_ID'], answers }));
renameSync(`${file}.part`, file);
