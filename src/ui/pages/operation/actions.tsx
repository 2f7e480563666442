/** The acts that a person may want on the page of an operation. */
import { CancelButton } from '../../parts/action/actions.tsx';
import { LaunchAgain } from '../../parts/operation/launch-again.tsx';
import type { Shown } from './use-operation.ts';

export const Actions = ({ operation, job, isHolder }: Shown) => (
  <>
    <LaunchAgain operation={operation} told={job ?? {}} />
    {job && isHolder && <CancelButton job={job} look="danger" />}
  </>
);
