/** The defaults of `recovery.restart`, in the words of the deployment file. */
export const usualRestart = { maxAttempts: 5, window: '1h', backoff: { initial: '10s', max: '5m' } } as const;
