/** Payloads by which somebody with access to Temporal may try to break a workflow, as bytes on the wire. */
import type { Payload } from '@temporalio/common';
import fc from 'fast-check';

const payloadOf = (data: string | Uint8Array, encoding = 'json/plain'): Payload => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: typeof data === 'string' ? Buffer.from(data) : data,
});

const nested = (open: string, inner: string, close: string, levels: number): string =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

export const deepList = (levels: number): string => nested('[', '', ']', levels);

/** A hotfix whose value is nested: the fingerprint of a request walks over all of it. */
export const deepHotfix = (levels: number): string => `{"set":{"job.args":${deepList(levels)}}}`;

/** None of these may be accepted, whatever the kind of the operation. */
export const hostilePayloads: Readonly<Record<string, Payload>> = {
  'a list of 200,000 levels': payloadOf(deepList(200_000)),
  'a hotfix of 200,000 levels': payloadOf(deepHotfix(200_000)),
  'a hotfix of 1,900 levels': payloadOf(deepHotfix(1_900)),
  'a hotfix of 900 levels': payloadOf(deepHotfix(900)),
  'maps of 50,000 levels': payloadOf(nested('{"set":', '1', '}', 50_000)),
  'an id of 30,000 levels': payloadOf(`{"id":${deepList(30_000)}}`),
  'a list of 100,000 members': payloadOf(JSON.stringify(Array.from({ length: 100_000 }, () => 0))),
  'a list of members that are all wrong': payloadOf(
    `{"unset":${JSON.stringify(Array.from({ length: 20_000 }, () => 0))}}`,
  ),
  'a map of 5,000 unknown keys': payloadOf(
    JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key-${index}`, index]))),
  ),
  'an unknown key of 60,000 characters': payloadOf(`{"${'k'.repeat(60_000)}":1}`),
  'an actor of 100,000 characters': payloadOf(JSON.stringify({ actor: 'a'.repeat(100_000) })),
  'half a document': payloadOf('{"release": '),
  'no data': { metadata: { encoding: Buffer.from('json/plain') } },
  'no metadata': { data: Buffer.from('{}') },
  'an unknown encoding': payloadOf('{}', 'secret/box'),
  'bytes that are no UTF-8': payloadOf(Uint8Array.from([0xff, 0xfe, 0x22])),
  bytes: payloadOf(
    Uint8Array.from({ length: 70_000 }, (_, index) => index % 256),
    'binary/plain',
  ),
  'a message of Protobuf': {
    metadata: { encoding: Buffer.from('json/protobuf'), messageType: Buffer.from('temporal.api.Nonsense') },
    data: Buffer.from('{}'),
  },
  'a key that reaches the prototype': payloadOf('{"__proto__":{"release":"clicks/1.0.0"},"constructor":1,"id":"x"}'),
  'half a character': payloadOf('{"id":"\\ud800","actor":"\\ud800"}'),
  'a number beyond all': payloadOf('{"to":1e999,"epoch":1e999}'),
  'one that names itself undecodable': payloadOf('{"undecodable":{"toString":1}}'),
  text: payloadOf('"text"'),
  'a number': payloadOf('7'),
  "Sluice's own name": payloadOf('{"actor":"sluice"}'),
  "Sluice's own door": payloadOf('{"via":"schedule"}'),
  'no actor': payloadOf('{"actor":"  "}'),
  'an actor from right to left': payloadOf('{"actor":"\\u202eecila"}'),
  'a reason with a sign of no width': payloadOf('{"reason":"approved\\u200b"}'),
};

const fields = [
  'id',
  'actor',
  'reason',
  'via',
  'ifRevision',
  'release',
  'from',
  'set',
  'unset',
  'onlyIf',
  'hotfix',
  'force',
];
const facts = ['epoch', 'applicationId', 'at', 'seen', 'operation', 'kind', 'request', 'door'];

/** Random JSON under the names of the fields that Sluice reads, with one field that no schema has. */
export const randomPayloads = (seed: number, count: number): Payload[] =>
  fc
    .sample(
      fc.dictionary(fc.oneof(fc.constantFrom(...fields, ...facts), fc.string()), fc.jsonValue({ maxDepth: 6 }), {
        maxKeys: 12,
      }),
      { seed, numRuns: count },
    )
    .map((value) => payloadOf(JSON.stringify({ ...value, nonsense: 1 })));
