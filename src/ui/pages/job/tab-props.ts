/** The argument of every part of a job. */
export interface TabProps {
  readonly job: string;
}
