/**
 * A payload converter that never throws and lets nothing through that code may fail to walk over, because a signal that
 * cannot be decoded would fail every later workflow task of its job. Such a payload becomes `{undecodable: reason}`, which
 * the operation's schema rejects like any other bad input.
 */
import { DefaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import { messageOf } from '../domain/errors/message-of.ts';
import { excessOf } from '../domain/values/bounds.ts';
import { clip } from '../domain/values/clip.ts';

const standard = new DefaultPayloadConverter();

/**
 * Bounds of every payload. Sluice's own stay below 1,100 levels, because a hotfix of 2,048 characters that an older
 * release took may have 1,024, and code walks over ten times as many. Temporal itself takes at most 2 MiB
 * (`limit.blobSize.error`).
 */
export const payloadBounds = { levels: 2_000, characters: 2 * 1024 * 1024 } as const;

export const payloadConverter: PayloadConverter = {
  toPayload: (value) => standard.toPayload(value),
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the SDK's interface has it
  fromPayload<T>(payload: Payload): T {
    try {
      // V8's JSON.parse does not recurse, so the value can be measured before anything walks over it.
      const value = standard.fromPayload<T>(payload);
      const excess = excessOf(value, payloadBounds);
      return excess === null ? value : (undecodable(`it ${excess}`) as T); // the schemas refuse this shape
    } catch (error) {
      return undecodable(messageOf(error)) as T; // the schemas refuse this shape
    }
  },
};

const undecodable = (reason: string): unknown => ({ undecodable: clip(reason, 300) });
