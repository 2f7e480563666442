/** Holds the interceptors of each call of a client to Temporal. */
import { InterceptingCall, Metadata, status, type Interceptor } from '@grpc/grpc-js';
import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { messageOf } from '../../domain/errors/message-of.ts';

/**
 * Ends a call that the channel does not take any more. The SDK (1.24, `grpc-retry`) tries a failed call again from a timer, and a
 * channel that was closed meanwhile throws there: nobody could catch that, and the process would end instead of the call.
 */
const endOnceClosed: Interceptor = (options, nextCall) => {
  try {
    return new InterceptingCall(nextCall(options));
  } catch (failure) {
    return new InterceptingCall(endedBy(failure));
  }
};

type AnyCall = ReturnType<Parameters<Interceptor>[1]>;

/** `CANCELLED`, because the SDK tries no such call again. */
function endedBy(failure: unknown): AnyCall {
  const details = `the connection to Temporal is closed: ${messageOf(failure)}`;
  const nothing = (): void => undefined;
  return {
    start(_metadata, listener) {
      listener?.onReceiveMessage?.(null);
      listener?.onReceiveStatus?.({ code: status.CANCELLED, details, metadata: new Metadata() });
    },
    sendMessage: nothing,
    sendMessageWithContext: nothing,
    startRead: nothing,
    halfClose: nothing,
    cancelWithStatus: nothing,
    getPeer: () => '',
    getAuthContext: () => null,
  };
}

/** The SDK's own retries, which these would replace otherwise, with what ends them once the connection is closed. */
export const interceptors: Interceptor[] = [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), endOnceClosed];
