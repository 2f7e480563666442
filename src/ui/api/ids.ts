/** Ids of operations. `crypto.randomUUID` is absent from pages over plain http, `getRandomValues` is there. */
export function newOperationId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `console-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
