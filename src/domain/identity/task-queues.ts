/** Names of the task queues of Temporal that Sluice polls beside the configured one. */

/**
 * The queue of waits that last as long as an outage. All jobs of a silent cluster wait there, and take no slot that a deploy or a
 * watch needs.
 */
export const waitsQueueOf = (taskQueue: string): string => `${taskQueue}-waits`;
