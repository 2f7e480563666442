/** The request to cancel as a line for the CLI, for curl, and as a signal for Temporal. */
import { useSession } from '../../api/session.ts';
import { cancelLines, type CancelSent } from './command-lines.ts';
import { Lines } from './copy-lines.tsx';

export default function CopyCancelLines({ sent }: { readonly sent: CancelSent }) {
  const { data } = useSession();
  return <Lines lines={cancelLines(sent, location.origin, data?.name)} />;
}
