/** The doors by which requests come, each in one sentence. The file imports nothing, because the console reads it in a browser. */
interface DoorEntry {
  /** The way in which the request came, for people. */
  readonly meaning: string;
  /** The messages of Temporal by which it comes; null when no message can. */
  readonly comesBy: 'signal' | 'update' | null;
  /** Whether Sluice itself asks. Such a request has no person behind it, so it claims nothing. */
  readonly isOwn: boolean;
}

/** Every door. Records of 0.1.0 and earlier may have other words in `via`, which their askers chose. */
export const doors = {
  api: { meaning: 'Somebody asked the API.', comesBy: 'update', isOwn: false },
  update: { meaning: 'Somebody sent an update to Temporal.', comesBy: 'update', isOwn: false },
  signal: { meaning: 'Somebody sent a signal to Temporal.', comesBy: 'signal', isOwn: false },
  schedule: { meaning: 'The schedule of periodic savepoints was due.', comesBy: 'signal', isOwn: true },
  autoDeploy: { meaning: 'A release that deploys itself was published.', comesBy: 'signal', isOwn: true },
  supervisor: { meaning: 'The workflow of the job acted by itself.', comesBy: null, isOwn: true },
  temporal: { meaning: "The workflow was cancelled by Temporal's own means.", comesBy: null, isOwn: false },
} as const satisfies Record<string, DoorEntry>;
export type Door = keyof typeof doors;

/** Tells whether Sluice itself asked. Words of old records that are no door are nobody's of Sluice. */
export const isOwnDoor = (via: string): boolean => Object.hasOwn(doors, via) && doors[via as Door].isOwn; // just looked up
