/**
 * A payload converter that never throws. One signal that cannot be decoded would otherwise fail every later workflow
 * task of its job; as `{undecodable: reason}` it is rejected by the operation's schema like any other bad input.
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
      return { undecodable: reason.slice(0, 300) } as T; // the schemas know this shape, and refuse it
    }
  },
};
