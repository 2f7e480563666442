/** The client with which Sluice talks to Temporal. */
import { Client, type ConnectionLike } from '@temporalio/client';

/** Makes it ask open runs only: Temporal lets a closed run answer queries too, with the knowledge of its last day. */
export const createTemporalClient = (connection: ConnectionLike, namespace: string): Client =>
  new Client({ connection, namespace, workflow: { queryRejectCondition: 'NOT_OPEN' } });
