/**
 * A payload converter that never throws, because a signal that cannot be decoded would fail every later workflow task of
 * its job. It becomes `{undecodable: reason}`, which the operation's schema rejects like any other bad input.
 */
import { DefaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import { messageOf } from '../domain/errors/message-of.ts';

const standard = new DefaultPayloadConverter();

export const payloadConverter: PayloadConverter = {
  toPayload: (value) => standard.toPayload(value),
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the SDK's interface has it
  fromPayload<T>(payload: Payload): T {
    try {
      return standard.fromPayload<T>(payload);
    } catch (error) {
      const reason = messageOf(error);
      return { undecodable: reason.slice(0, 300) } as T; // the schemas refuse this shape
    }
  },
};
