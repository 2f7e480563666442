/** The properties of each part of a job that has an address of its own. */
export interface TabProps {
  readonly job: string;
}
