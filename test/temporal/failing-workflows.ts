/** A workflow of a job whose tasks fail, as a defect of Sluice would make them. */
export function flinkJob(): Promise<void> {
  return Promise.reject(new Error('broken on purpose'));
}
